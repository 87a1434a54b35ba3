--------------------------- MODULE ZooKeeperLock ---------------------------
(* ZooKeeper's lock, with sessions, watches and fencing tokens: models/lock.py,
   action by action. A serial number of 0 is none. *)
EXTENDS Naturals

CONSTANTS Client, Serials

Serial == 1 .. Serials
Nobody == "nobody"

VARIABLES owner, given, connected, watch, phase, own, before, told, read, fence, version
vars == <<owner, given, connected, watch, phase, own, before, told, read, fence, version>>

Init ==
  /\ owner = [s \in Serial |-> Nobody]
  /\ given = {}
  /\ connected = [c \in Client |-> TRUE]
  /\ watch = [c \in Client |-> 0]
  /\ phase = [c \in Client |-> "idle"]
  /\ own = [c \in Client |-> 0]
  /\ before = [c \in Client |-> 0]
  /\ told = [c \in Client |-> FALSE]
  /\ read = [c \in Client |-> 0]
  /\ fence = 0
  /\ version = 0

Exists(s) == owner[s] # Nobody
IsLeast(s) == \A t \in Serial : t < s => ~Exists(t)
IsJustBefore(t, s) == t < s /\ Exists(t) /\ \A u \in Serial : (t < u /\ u < s) => ~Exists(u)

(* A client gets a node *)

IsMade(c, s) ==
  /\ phase[c] = "idle"
  /\ connected[c]
  /\ \A t \in given : t < s
  /\ given' = given \cup {s}
  /\ owner' = [owner EXCEPT ![s] = c]

Create(c, s) ==
  /\ IsMade(c, s)
  /\ own' = [own EXCEPT ![c] = s]
  /\ phase' = [phase EXCEPT ![c] = "looking"]
  /\ UNCHANGED <<connected, watch, before, told, read, fence, version>>

CreateUnheard(c, s) ==
  /\ IsMade(c, s)
  /\ phase' = [phase EXCEPT ![c] = "unsure"]
  /\ UNCHANGED <<connected, watch, own, before, told, read, fence, version>>

LoseRequest(c) ==
  /\ phase[c] = "idle"
  /\ connected[c]
  /\ phase' = [phase EXCEPT ![c] = "unsure"]
  /\ UNCHANGED <<owner, given, connected, watch, own, before, told, read, fence, version>>

FindOwn(c, s) ==
  /\ phase[c] = "unsure"
  /\ connected[c]
  /\ owner[s] = c
  /\ own' = [own EXCEPT ![c] = s]
  /\ phase' = [phase EXCEPT ![c] = "looking"]
  /\ UNCHANGED <<owner, given, connected, watch, before, told, read, fence, version>>

FindNone(c) ==
  /\ phase[c] = "unsure"
  /\ connected[c]
  /\ \A s \in Serial : owner[s] # c
  /\ phase' = [phase EXCEPT ![c] = "idle"]
  /\ UNCHANGED <<owner, given, connected, watch, own, before, told, read, fence, version>>

(* and waits until it is the first *)

Acquire(c, s) ==
  /\ phase[c] = "looking"
  /\ connected[c]
  /\ own[c] = s
  /\ IsLeast(s)
  /\ phase' = [phase EXCEPT ![c] = "holding"]
  /\ UNCHANGED <<owner, given, connected, watch, own, before, told, read, fence, version>>

Look(c, s, t) ==
  /\ phase[c] = "looking"
  /\ connected[c]
  /\ own[c] = s
  /\ IsJustBefore(t, s)
  /\ before' = [before EXCEPT ![c] = t]
  /\ phase' = [phase EXCEPT ![c] = "asking"]
  /\ UNCHANGED <<owner, given, connected, watch, own, told, read, fence, version>>

SetWatch(c, t) ==
  /\ phase[c] = "asking"
  /\ connected[c]
  /\ before[c] = t
  /\ IF Exists(t)
       THEN watch' = [watch EXCEPT ![c] = t] /\ phase' = [phase EXCEPT ![c] = "waiting"]
       ELSE phase' = [phase EXCEPT ![c] = "looking"] /\ UNCHANGED watch
  /\ UNCHANGED <<owner, given, connected, own, before, told, read, fence, version>>

Wake(c) ==
  /\ phase[c] = "waiting"
  /\ connected[c]
  /\ told[c]
  /\ told' = [told EXCEPT ![c] = FALSE]
  /\ phase' = [phase EXCEPT ![c] = "looking"]
  /\ UNCHANGED <<owner, given, connected, watch, own, before, read, fence, version>>

(* and works *)

Begin(c, s) ==
  /\ phase[c] = "holding"
  /\ own[c] = s
  /\ fence <= s
  /\ fence' = s
  /\ read' = [read EXCEPT ![c] = version]
  /\ phase' = [phase EXCEPT ![c] = "working"]
  /\ UNCHANGED <<owner, given, connected, watch, own, before, told, version>>

Write(c, s) ==
  /\ phase[c] = "working"
  /\ own[c] = s
  /\ fence <= s
  /\ version' = s
  /\ read' = [read EXCEPT ![c] = s]
  /\ UNCHANGED <<owner, given, connected, watch, phase, own, before, told, fence>>

Release(c, s) ==
  /\ phase[c] \in {"holding", "working"}
  /\ connected[c]
  /\ own[c] = s
  /\ owner' = [owner EXCEPT ![s] = Nobody]
  /\ watch' = [d \in Client |-> IF watch[d] = s THEN 0 ELSE watch[d]]
  /\ told' = [d \in Client |-> told[d] \/ watch[d] = s]
  /\ own' = [own EXCEPT ![c] = 0]
  /\ read' = [read EXCEPT ![c] = 0]
  /\ phase' = [phase EXCEPT ![c] = "idle"]
  /\ UNCHANGED <<given, connected, before, fence, version>>

(* Sessions *)

Loses(d, c) == d # c /\ watch[d] # 0 /\ owner[watch[d]] = c

Expire(c) ==
  /\ connected[c]
  /\ connected' = [connected EXCEPT ![c] = FALSE]
  /\ watch' = [d \in Client |-> IF d = c \/ Loses(d, c) THEN 0 ELSE watch[d]]
  /\ told' = [d \in Client |-> IF d = c THEN FALSE ELSE told[d] \/ Loses(d, c)]
  /\ owner' = [s \in Serial |-> IF owner[s] = c THEN Nobody ELSE owner[s]]
  /\ UNCHANGED <<given, phase, own, before, read, fence, version>>

Notice(c) ==
  /\ ~connected[c]
  /\ connected' = [connected EXCEPT ![c] = TRUE]
  /\ own' = [own EXCEPT ![c] = 0]
  /\ read' = [read EXCEPT ![c] = 0]
  /\ phase' = [phase EXCEPT ![c] = "idle"]
  /\ UNCHANGED <<owner, given, watch, before, told, fence, version>>

Next ==
  \E c \in Client :
    \/ LoseRequest(c) \/ FindNone(c) \/ Wake(c) \/ Expire(c) \/ Notice(c)
    \/ \E s \in Serial :
         \/ Create(c, s) \/ CreateUnheard(c, s) \/ FindOwn(c, s) \/ Acquire(c, s) \/ SetWatch(c, s)
         \/ Begin(c, s) \/ Write(c, s) \/ Release(c, s)
         \/ \E t \in Serial : Look(c, s, t)

GoesOn(c) ==
  \/ FindNone(c) \/ Wake(c)
  \/ \E s \in Serial :
       \/ FindOwn(c, s) \/ Acquire(c, s) \/ SetWatch(c, s)
       \/ \E t \in Serial : Look(c, s, t)

LiveSpec ==
  /\ Init
  /\ [][Next]_vars
  /\ \A c \in Client : WF_vars(GoesOn(c)) /\ WF_vars(\E s \in Serial : Release(c, s))

Holds(c) == phase[c] \in {"holding", "working"}

OneHolderIsConnected == \A c, d \in Client : c = d \/ ~(connected[c] /\ Holds(c) /\ connected[d] /\ Holds(d))

WhoeverWaitsGetsTheLock ==
  \A c \in Client :
    (phase[c] \in {"looking", "asking", "waiting"} /\ connected[c]) ~> (Holds(c) \/ ~connected[c])
=============================================================================
