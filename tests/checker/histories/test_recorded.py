"""Recorded histories: what JSON lines and EDN mean, and what is wrong with those that mean nothing."""

import json

import pytest
from assay.checker.errors import InputError
from assay.checker.histories.edn import read_edn
from assay.checker.histories.linearizability import is_linearizable, linearize
from assay.checker.histories.recorded import read_history
from assay.checker.histories.specifications import KeyValue, Lock, Queue, Register
from assay.checker.verdicts import Verdict

# The form of the histories in Jepsen's tutorial for etcd, with events of our own.
EDN = """
{:process 0, :type :invoke, :f :write, :value 3, :index 0}
{:process 1, :type :invoke, :f :cas, :value [3 4]}  ; waits
{:process 0, :type :ok, :f :write, :value 3}
{:process 1, :type :fail, :f :cas, :value [3 4], :error #{:timeout}}
{:process 2, :type :invoke, :f :read, :value nil}
#_{:process 9 :type :nonsense}
{:process 2, :type :ok, :f :read, :value 3}
"""


def _write(path, *events):
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return str(path)


def test_a_history_of_jepsen_is_read(tmp_path):
    path = tmp_path / "history.edn"
    path.write_text(EDN)
    operations = read_history(str(path))
    assert [(o.client, o.name, o.arguments, o.result) for o in operations] == [
        (0, "write", (3,), 3),
        (2, "read", (), 3),
    ]
    assert is_linearizable(operations, Register())
    path.write_text(f"[{EDN}]")
    assert read_history(str(path)) == operations


def test_values_by_key_come_with_their_key(tmp_path):
    path = tmp_path / "history.edn"
    path.write_text(
        """{:process 0, :type :invoke, :f :write, :value [:x 3]} {:process 0, :type :ok, :f :write, :value [:x 3]}
        {:process 0, :type :invoke, :f :read, :value [:y nil]} {:process 0, :type :ok, :f :read, :value [:y nil]}
        {:process 0, :type :invoke, :f :cas, :value [:x [3 4]]} {:process 0, :type :ok, :f :cas, :value [:x [3 4]]}
        {:process 0, :type :invoke, :f :read, :value [:x nil]} {:process 0, :type :ok, :f :read, :value [:x 5]}"""
    )
    judgement = linearize(read_history(str(path), keyed=True), KeyValue())
    assert {part.key: part.verdict for part in judgement.parts} == {"x": Verdict.VIOLATED, "y": Verdict.HOLDS}


def test_a_key_may_stand_beside_the_value(tmp_path):
    """As in the histories of key-value stores by which porcupine is tested."""
    path = tmp_path / "history.edn"
    path.write_text(
        """{:process 0, :type :invoke, :f :put, :key "x", :value [3 4]} {:process 0, :type :ok, :f :put, :key "x"}
        {:process 0, :type :invoke, :f :get, :key "y", :value nil} {:process 0, :type :ok, :f :get, :value nil}
        {:process 0, :type :invoke, :f :cas, :key "x", :value [3 5]} {:process 0, :type :ok, :f :cas, :value [3 5]}
        {:process 0, :type :invoke, :f :put, :key "z", :value nil} {:process 0, :type :ok, :f :put, :key "z"}
        {:process 0, :type :invoke, :f :get, :key "z"} {:process 0, :type :ok, :f :get, :value ["z" 1]}
        {:process 0, :type :invoke, :f :delete, :key "z", :value nil} {:process 0, :type :ok, :f :delete, :key "z"}"""
    )
    assert [(o.name, o.arguments, o.result) for o in read_history(str(path), keyed=True)] == [
        ("put", ("x", (3, 4)), None),
        ("get", ("y",), None),
        ("cas", ("x", 3, 5), True),
        ("put", ("z", None), None),
        ("get", ("z",), ("z", 1)),
        ("delete", ("z",), None),
    ]


def test_an_answer_about_another_key_is_refused(tmp_path):
    asked = {"client": 1, "type": "invoke", "operation": "read", "value": ["x", None]}
    path = _write(tmp_path / "history", asked, {"client": 1, "type": "ok", "value": ["y", 5]})
    with pytest.raises(InputError, match="history:2: the answer is about 'y', and what was asked is about 'x'"):
        read_history(path, keyed=True)


def test_what_failed_had_no_effect_and_what_is_unknown_may_have(tmp_path):
    invoke = {"client": 1, "type": "invoke", "operation": "write", "value": 1}
    read = [{"client": 2, "type": "invoke", "operation": "read"}, {"client": 2, "type": "ok", "value": 1}]
    again = [{"client": 1, "type": "invoke", "operation": "read"}, {"client": 1, "type": "ok", "value": 1}]
    failed = _write(tmp_path / "failed", invoke, {"client": 1, "type": "fail"}, *read)
    unknown = _write(tmp_path / "unknown", invoke, {"client": 1, "type": "info"}, *read, *again)
    assert not is_linearizable(read_history(failed), Register())
    assert is_linearizable(read_history(unknown), Register())


def test_that_a_cas_failed_does_not_tell_why(tmp_path):
    """Jepsen calls a cas failed that was refused, and one that never reached the server: its value may have matched."""
    wrote = [{"client": 1, "type": "invoke", "operation": "write", "value": 1}, {"client": 1, "type": "ok"}]
    swaps = {"client": 2, "type": "invoke", "operation": "cas", "value": [1, 2]}
    failed = _write(tmp_path / "failed", *wrote, swaps, {"client": 2, "type": "fail"})
    refused = _write(tmp_path / "refused", *wrote, swaps, {"client": 2, "type": "ok", "value": False})
    assert is_linearizable(read_history(failed), Register())
    assert not is_linearizable(read_history(refused), Register())


def test_a_lock_that_two_hold_is_not_linearizable(tmp_path):
    def took(client):
        return [{"client": client, "type": "invoke", "operation": "acquire"}, {"client": client, "type": "ok"}]

    path = _write(tmp_path / "lock", *took("a"), *took("b"))
    assert not is_linearizable(read_history(path), Lock())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"client": 1, "type": "invoke", "operation": "read"}\n{"client"', "2: this is not a JSON object"),
        ("[1]\n", "1: this is not an event"),
        ('{"client": 1, "type": "begin"}', "1: the type of an event is one of invoke, ok, fail, info, not 'begin'"),
        ('{"type": "invoke", "operation": "read"}', "1: the event has no 'client'"),
        ('{"client": 1, "type": "invoke"}', "1: the event has no 'operation'"),
        ('{"client": 1, "type": "ok"}', "client 1 gets a response without an invocation"),
        ('{"client": 1, "type": "fail"}', "1: client 1 fails at nothing"),
        ('{"client": 1, "type": "ok", "value": NaN}', "NaN is not a number of JSON"),
        ("[" * 100_000, "1: this is not a JSON object"),
    ],
)
def test_what_is_no_history_is_refused_with_its_line(tmp_path, text, message):
    path = tmp_path / "history.jsonl"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        read_history(str(path))
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "text", ["{:a}", "[1", "}", '"open', "#_", "(((1)", "[" * 200 + "]" * 200, "#{1 2]", "#_ " * 3000, "[#a]", "#a"]
)
def test_what_is_no_edn_is_refused(text):
    with pytest.raises(InputError, match=r"^f:1: this is not EDN"):
        read_edn(text, "f")


def test_edn_values():
    text = '{:a [1 -2N 3.5 "x\\n\\"y\\"" :k/w nil true] "b" #{1 2} :c #inst "2020" \\newline (1)}'
    with pytest.raises(InputError):
        read_edn("{:a 1 :b}", "f")
    assert read_edn(text.replace("\\newline", ":d"), "f") == [
        {"a": (1, -2, 3.5, 'x\n"y"', "k/w", None, True), "b": frozenset({1, 2}), "c": "2020", "d": (1,)}
    ]


def test_edn_discards_one_value_for_each_sign():
    assert read_edn("1 #_ 2 3", "h.edn") == [1, 3]
    assert read_edn("#_ #_ 1 2 3", "h.edn") == [3]
    assert read_edn("#_ #a 1 2", "h.edn") == [2]
    assert read_edn("#a #_ 1 2", "h.edn") == [2]
    assert read_edn("[1 #_ [2 3] #_ 4] #_ 5", "h.edn") == [(1,)]
    assert read_edn("#a " * 3000 + "1", "h.edn") == [1]


def test_only_a_line_feed_ends_a_line(tmp_path):
    event = {"client": 1, "operation": "write", "value": "a\u2028b\x85c"}
    events = (json.dumps({**event, "type": kind}, ensure_ascii=False) for kind in ("invoke", "ok"))
    path = tmp_path / "history.jsonl"
    path.write_text("\r\n".join(events), encoding="utf-8")
    assert [operation.arguments for operation in read_history(str(path))] == [("a\u2028b\x85c",)]


def _line(type_, client=1, **more):
    return {"client": client, "type": type_, **more}


@pytest.mark.parametrize(
    ("invoked", "answer", "truth"),
    [
        ([1, 2], None, True),
        ([1, 2], [1, 2], True),
        ([1, 2], True, True),
        ([1, 2], False, False),
        (["x", [1, 2]], ["x", [1, 2]], True),
        (["x", [1, 2]], ["x", False], False),
        (["x", [1, 2]], ["x", True], True),
        (["x", [1, 2]], False, False),
    ],
)
def test_whether_an_operation_did_something_is_read_as_it_was_written(tmp_path, invoked, answer, truth):
    cas = _line("invoke", operation="cas", value=invoked)
    path = _write(tmp_path / "history", cas, _line("ok", value=answer))
    (operation,) = read_history(path, keyed=invoked[0] == "x")
    assert operation.result is truth


@pytest.mark.parametrize("answer", ["false", 0, 1, {}, [3, 4]])
def test_an_answer_that_does_not_tell_whether_it_did_something_is_refused(tmp_path, answer):
    cas = _line("invoke", operation="cas", value=[1, 2])
    path = _write(tmp_path / "history", cas, _line("ok", value=answer))
    with pytest.raises(InputError, match="history:2: the answer to cas is "):
        read_history(path)


def test_a_response_to_something_else_is_refused(tmp_path):
    write, read = _line("invoke", operation="write", value=1), _line("ok", operation="read", value=7)
    with pytest.raises(InputError, match="2: client 1 gets a response to 'read', and waits for the one to 'write'"):
        read_history(_write(tmp_path / "history", write, read))
    put = _line("invoke", operation="put", key="x", value=1)
    with pytest.raises(InputError, match="2: the answer is about 'y', and what was asked is about 'x'"):
        read_history(_write(tmp_path / "keyed", put, _line("ok", key="y")), keyed=True)


@pytest.mark.parametrize(
    "events",
    [
        [_line("info", operation="kill")],
        [_line("invoke", operation="read"), _line("fail")],
        [_line("invoke", operation="read"), _line("info")],
        [_line("invoke", operation="read")],
    ],
)
def test_a_history_without_a_response_decides_nothing(tmp_path, events):
    with pytest.raises(InputError, match="the history has no response that an object could give"):
        read_history(_write(tmp_path / "history", *events))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"client": 1, "type": "invoke", "operation": "write", "value": 3, "value": 4}', "the key 'value' twice"),
        ('{"client": 1, "type": "invoke", "operation": "write", "value": 1e400}', "1e400 is more than"),
    ],
)
def test_what_readers_of_json_disagree_on_is_refused(tmp_path, text, said):
    path = tmp_path / "history.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read_history(str(path))


@pytest.mark.parametrize("text", ["#{1 true}", "#{1 1.0}", "{:a 1 :a 2}", "[{1 :x true :y}]"])
def test_what_is_twice_in_edn_is_refused(text):
    with pytest.raises(InputError, match="is there twice"):
        read_edn(text, "f")


def test_numbers_beyond_all_floats_are_told_apart():
    one, other = read_edn("1e400 2e400", "f")
    assert one != other


def test_who_goes_on_after_a_lost_response_is_the_same_to_a_lock(tmp_path):
    """And no other client, whatever it is called."""
    took = [_line("invoke", "a", operation="acquire"), _line("info", "a")]
    path = _write(
        tmp_path / "history",
        *took,
        _line("invoke", "a", operation="release"),
        _line("invoke", ["a", 2], operation="try_acquire"),
        _line("ok", ["a", 2], value=False),
        _line("ok", "a"),
    )
    operations = read_history(path)
    assert is_linearizable(operations, Lock())
    assert [str(operation) for operation in operations[:2]] == [
        "a: acquire() without response",
        "a, life 2: release() -> None",
    ]


@pytest.mark.parametrize("value", [[1, 2], 3])
def test_an_item_of_a_queue_may_be_a_list(tmp_path, value):
    put, took = _line("invoke", operation="enqueue", value=value), _line("invoke", operation="dequeue")
    path = _write(tmp_path / "history", put, _line("ok"), took, _line("ok", value=value))
    assert is_linearizable(read_history(path), Queue())


def test_a_name_cannot_forge_a_line_of_a_report(tmp_path):
    read = _line("invoke", "x\nlinearizable: all", operation="read")
    path = _write(tmp_path / "history", read, _line("ok", "x\nlinearizable: all", value="\x1b[2J"))
    (operation,) = read_history(path)
    assert str(operation).isprintable()
