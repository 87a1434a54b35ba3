------------------------------ MODULE TwoPhase ------------------------------
(* Two-phase commit: a coordinator collects votes and decides. *)
EXTENDS Naturals

CONSTANT RM

VARIABLES state, decision, votes, messages
vars == <<state, decision, votes, messages>>

Init ==
  /\ state = [r \in RM |-> "working"]
  /\ decision = "none"
  /\ votes = {}
  /\ messages = {}

Vote(r) == [type |-> "prepared", from |-> r]
CommitMessage == [type |-> "commit"]
AbortMessage == [type |-> "abort"]

ReceiveVote(r) ==
  /\ decision = "none"
  /\ Vote(r) \in messages
  /\ votes' = votes \cup {r}
  /\ UNCHANGED <<state, decision, messages>>

DecideCommit ==
  /\ decision = "none"
  /\ votes = RM
  /\ decision' = "commit"
  /\ messages' = messages \cup {CommitMessage}
  /\ UNCHANGED <<state, votes>>

DecideAbort ==
  /\ decision = "none"
  /\ decision' = "abort"
  /\ messages' = messages \cup {AbortMessage}
  /\ UNCHANGED <<state, votes>>

Prepare(r) ==
  /\ state[r] = "working"
  /\ state' = [state EXCEPT ![r] = "prepared"]
  /\ messages' = messages \cup {Vote(r)}
  /\ UNCHANGED <<decision, votes>>

GiveUp(r) ==
  /\ state[r] = "working"
  /\ state' = [state EXCEPT ![r] = "aborted"]
  /\ UNCHANGED <<decision, votes, messages>>

LearnCommit(r) ==
  /\ CommitMessage \in messages
  /\ state' = [state EXCEPT ![r] = "committed"]
  /\ UNCHANGED <<decision, votes, messages>>

LearnAbort(r) ==
  /\ AbortMessage \in messages
  /\ state' = [state EXCEPT ![r] = "aborted"]
  /\ UNCHANGED <<decision, votes, messages>>

Next ==
  \/ DecideCommit
  \/ DecideAbort
  \/ \E r \in RM :
       \/ ReceiveVote(r) \/ Prepare(r) \/ GiveUp(r) \/ LearnCommit(r) \/ LearnAbort(r)

Spec == Init /\ [][Next]_vars

LiveSpec ==
  /\ Spec
  /\ WF_vars(DecideCommit \/ DecideAbort)
  /\ \A r \in RM : WF_vars(LearnCommit(r) \/ LearnAbort(r))

EverybodyLearns == (decision # "none") ~> (\A r \in RM : state[r] \in {"committed", "aborted"})

Atomicity == ~ \E r, s \in RM : state[r] = "aborted" /\ state[s] = "committed"
=============================================================================
