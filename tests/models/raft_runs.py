"""Runs of Raft by hand: where a model that begins in the middle of one may begin."""

from assay.checker.language.execution.interpreter import Interpreter
from assay.models.raft import RequestVote
from examination import instance_of


def reached(model, calls, **settings):
    """Return the variables of the state that calls lead to, without the messages."""
    instance = instance_of(model, **settings)
    with instance.active():
        interpreter = Interpreter(instance)
        state = interpreter.initial_states()[0]
        for call in calls(instance):
            state = interpreter.step(state, call)
            assert state is not None, call
        return without_messages(interpreter, state)


def without_messages(interpreter, state):
    return {name: value for name, value in zip(interpreter.names, state, strict=True) if name != "messages"}


def begun(model, **settings):
    """Return the variables of the initial states, without the messages."""
    instance = instance_of(model, **settings)
    with instance.active():
        interpreter = Interpreter(instance)
        return [without_messages(interpreter, state) for state in interpreter.initial_states()]


def elected(instance, one, others, term, entries=0, last=0):
    """Yield the steps by which a server becomes the leader of a term by the vote of another one."""
    servers, terms = instance.elements(kind(instance, "Server")), instance.elements(kind(instance, "Term"))
    quorum = next(
        q
        for q in instance.elements(kind(instance, "Quorum"))
        if instance.members(q) == {servers[one], servers[others[0]]}
    )
    yield "time_out", (servers[one], terms[term])
    for other in others:
        yield "adopt", (servers[other], terms[term])
        request = RequestVote(terms[term], servers[one], entries, terms[last])
        yield "vote", (servers[other], request)
    yield "lead", (servers[one], quorum)


def kind(instance, name):
    return next(cls for cls in (*instance.sizes, *instance.quorums) if cls.__name__ == name)
