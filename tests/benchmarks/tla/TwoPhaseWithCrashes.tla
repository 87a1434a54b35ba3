------------------------ MODULE TwoPhaseWithCrashes ------------------------
(* Two-phase commit with crashes, logs and recovery, and participants that ask
   each other: models/two_phase_commit.py, action by action. *)

CONSTANT RM

VARIABLES state, decision, votes, messages, down, log, coordinatorIsDown, coordinatorLog
vars == <<state, decision, votes, messages, down, log, coordinatorIsDown, coordinatorLog>>

coordinator == <<decision, votes, coordinatorIsDown, coordinatorLog>>
participants == <<state, down, log>>

Vote(r) == [type |-> "prepared", from |-> r]
CommitMessage == [type |-> "commit"]
AbortMessage == [type |-> "abort"]

HasDecided(r) == state[r] \in {"committed", "aborted"}

Init ==
  /\ state = [r \in RM |-> "working"]
  /\ decision = "none"
  /\ votes = {}
  /\ messages = {}
  /\ down = {}
  /\ log = [r \in RM |-> "working"]
  /\ coordinatorIsDown = FALSE
  /\ coordinatorLog = "none"

ReceiveVote(r) ==
  /\ ~coordinatorIsDown
  /\ decision = "none"
  /\ Vote(r) \in messages
  /\ votes' = votes \cup {r}
  /\ UNCHANGED <<decision, messages, coordinatorIsDown, coordinatorLog, participants>>

DecideCommit ==
  /\ ~coordinatorIsDown
  /\ decision = "none"
  /\ votes = RM
  /\ decision' = "commit"
  /\ coordinatorLog' = "commit"
  /\ UNCHANGED <<votes, messages, coordinatorIsDown, participants>>

DecideAbort ==
  /\ ~coordinatorIsDown
  /\ decision = "none"
  /\ decision' = "abort"
  /\ coordinatorLog' = "abort"
  /\ UNCHANGED <<votes, messages, coordinatorIsDown, participants>>

Tell ==
  /\ ~coordinatorIsDown
  /\ decision # "none"
  /\ messages' = messages \cup {IF decision = "commit" THEN CommitMessage ELSE AbortMessage}
  /\ UNCHANGED <<coordinator, participants>>

CrashCoordinator ==
  /\ ~coordinatorIsDown
  /\ coordinatorIsDown' = TRUE
  /\ UNCHANGED <<decision, votes, messages, coordinatorLog, participants>>

RecoverCoordinator ==
  /\ coordinatorIsDown
  /\ coordinatorIsDown' = FALSE
  /\ decision' = coordinatorLog
  /\ votes' = {}
  /\ UNCHANGED <<messages, coordinatorLog, participants>>

Becomes(r, s) ==
  /\ state' = [state EXCEPT ![r] = s]
  /\ log' = [log EXCEPT ![r] = s]

Prepare(r) ==
  /\ r \notin down
  /\ state[r] = "working"
  /\ Becomes(r, "prepared")
  /\ messages' = messages \cup {Vote(r)}
  /\ UNCHANGED <<down, coordinator>>

Refuse(r) ==
  /\ r \notin down
  /\ state[r] = "working"
  /\ Becomes(r, "aborted")
  /\ UNCHANGED <<messages, down, coordinator>>

LearnCommit(r) ==
  /\ r \notin down
  /\ ~HasDecided(r)
  /\ CommitMessage \in messages
  /\ Becomes(r, "committed")
  /\ UNCHANGED <<messages, down, coordinator>>

LearnAbort(r) ==
  /\ r \notin down
  /\ ~HasDecided(r)
  /\ AbortMessage \in messages
  /\ Becomes(r, "aborted")
  /\ UNCHANGED <<messages, down, coordinator>>

Ask(r, other) ==
  /\ r \notin down
  /\ state[r] = "prepared"
  /\ other \notin down
  /\ HasDecided(other)
  /\ Becomes(r, state[other])
  /\ UNCHANGED <<messages, down, coordinator>>

Crash(r) ==
  /\ r \notin down
  /\ down' = down \cup {r}
  /\ UNCHANGED <<state, log, messages, coordinator>>

Recover(r) ==
  /\ r \in down
  /\ down' = down \ {r}
  /\ LET left == IF log[r] = "working" THEN "aborted" ELSE log[r] IN Becomes(r, left)
  /\ UNCHANGED <<messages, coordinator>>

Next ==
  \/ DecideCommit
  \/ DecideAbort
  \/ Tell
  \/ CrashCoordinator
  \/ RecoverCoordinator
  \/ \E r \in RM :
       \/ ReceiveVote(r) \/ Prepare(r) \/ Refuse(r) \/ LearnCommit(r) \/ LearnAbort(r) \/ Crash(r) \/ Recover(r)
       \/ \E other \in RM : Ask(r, other)

LiveSpec ==
  /\ Init
  /\ [][Next]_vars
  /\ WF_vars(RecoverCoordinator)
  /\ SF_vars(DecideCommit \/ DecideAbort)
  /\ SF_vars(Tell)
  /\ \A r \in RM : WF_vars(Recover(r)) /\ SF_vars(LearnCommit(r) \/ LearnAbort(r))

Atomicity == ~ \E r, s \in RM : state[r] = "aborted" /\ state[s] = "committed"

WhoVotedLearnsTheDecision == \A r \in RM : (state[r] = "prepared") ~> HasDecided(r)
=============================================================================
