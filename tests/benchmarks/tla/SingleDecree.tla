---------------------------- MODULE SingleDecree ----------------------------
(* Single-decree Paxos over a set of messages that only grows. *)
EXTENDS Integers, FiniteSets

CONSTANTS Acceptor, Value, Ballots
Ballot == 0 .. Ballots - 1
Quorum == {Q \in SUBSET Acceptor : 2 * Cardinality(Q) > Cardinality(Acceptor)}
NoValue == CHOOSE v : v \notin Value

VARIABLES highest, ballotOfVote, valueOfVote, messages
vars == <<highest, ballotOfVote, valueOfVote, messages>>

Init ==
  /\ highest = [a \in Acceptor |-> -1]
  /\ ballotOfVote = [a \in Acceptor |-> -1]
  /\ valueOfVote = [a \in Acceptor |-> NoValue]
  /\ messages = {}

Send(m) == messages' = messages \cup {m}

Ask(b) ==
  /\ Send([type |-> "1a", bal |-> b])
  /\ UNCHANGED <<highest, ballotOfVote, valueOfVote>>

Promise(a) == \E m \in messages :
  /\ m.type = "1a"
  /\ m.bal > highest[a]
  /\ highest' = [highest EXCEPT ![a] = m.bal]
  /\ Send([type |-> "1b", acc |-> a, bal |-> m.bal, mbal |-> ballotOfVote[a], mval |-> valueOfVote[a]])
  /\ UNCHANGED <<ballotOfVote, valueOfVote>>

Allows(Q, b, v) ==
  LET promises == {m \in messages : m.type = "1b" /\ m.acc \in Q /\ m.bal = b}
      voted == {m \in promises : m.mbal >= 0}
  IN  /\ \A a \in Q : \E m \in promises : m.acc = a
      /\ voted = {} \/ \E m \in voted : m.mval = v /\ \A other \in voted : m.mbal >= other.mbal

Propose(b, v) ==
  /\ ~ \E m \in messages : m.type = "2a" /\ m.bal = b
  /\ (\E Q \in Quorum : Allows(Q, b, v)) = TRUE
  /\ Send([type |-> "2a", bal |-> b, val |-> v])
  /\ UNCHANGED <<highest, ballotOfVote, valueOfVote>>

Accept(a) == \E m \in messages :
  /\ m.type = "2a"
  /\ m.bal >= highest[a]
  /\ highest' = [highest EXCEPT ![a] = m.bal]
  /\ ballotOfVote' = [ballotOfVote EXCEPT ![a] = m.bal]
  /\ valueOfVote' = [valueOfVote EXCEPT ![a] = m.val]
  /\ Send([type |-> "2b", acc |-> a, bal |-> m.bal, val |-> m.val])

Next ==
  \/ \E b \in Ballot : Ask(b) \/ \E v \in Value : Propose(b, v)
  \/ \E a \in Acceptor : Promise(a) \/ Accept(a)

Spec == Init /\ [][Next]_vars

VotedFor(a, b, v) == [type |-> "2b", acc |-> a, bal |-> b, val |-> v] \in messages
Chosen(v) == \E b \in Ballot, Q \in Quorum : \A a \in Q : VotedFor(a, b, v)
Agreement == \A v, w \in Value : Chosen(v) /\ Chosen(w) => v = w
=============================================================================
