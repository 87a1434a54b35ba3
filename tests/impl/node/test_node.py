"""The interface of nodes: what a class declares, and what it costs to import."""

from __future__ import annotations

import subprocess
import sys

import pytest
from assay.impl.node import Address, Durable, Node, NodeError, message, on, on_timeout
from assay.impl.node.attributes import declared
from assay.impl.node.handling import handlers, timeout_handlers


@message
class Ping:
    number: int


class Server(Node):
    limit: int
    name: str = "server"
    seen: Durable[dict[Address, int]]
    waiting: list[int]

    @on(Ping)
    def ping(self, client: Address, message: Ping) -> None:
        self.seen[client] = message.number

    @on_timeout("retry")
    def retry(self) -> None: ...


class Forgetful(Server):
    seen: dict[Address, int]

    def ping(self, client: Address, message: Ping) -> None:
        self.seen = {client: message.number}


def test_attributes_are_what_annotations_say() -> None:
    found = declared(Server)
    assert list(found) == ["limit", "name", "seen", "waiting"]
    assert [name for name, attribute in found.items() if attribute.durable] == ["seen"]
    assert Server(limit=3).attributes() == {"limit": 3, "name": "server", "seen": {}, "waiting": []}


def test_a_subclass_makes_an_attribute_volatile_by_annotating_it_again() -> None:
    assert not declared(Forgetful)["seen"].durable


def test_nodes_share_no_collection() -> None:
    a, b = Server(limit=1), Server(limit=1)
    a.waiting.append(1)
    assert b.waiting == []


def test_a_method_that_is_replaced_handles_what_the_first_did() -> None:
    assert handlers(Forgetful) == {Ping: "ping"}
    assert timeout_handlers(Forgetful) == {"retry": "retry"}


def test_what_a_node_is_not_told_is_an_error() -> None:
    with pytest.raises(NodeError, match="Server is not told its limit"):
        Server()
    with pytest.raises(NodeError, match="Server has no attribute 'limits'"):
        Server(limits=3)


def test_a_collection_that_all_nodes_share_is_refused() -> None:
    with pytest.raises(NodeError, match="that all nodes of the class share"):

        class Shared(Node):
            log = []


def test_two_methods_for_one_message_are_refused() -> None:
    class Twice(Node):
        @on(Ping)
        def first(self, client: Address, message: Ping) -> None: ...

        @on(Ping)
        def second(self, client: Address, message: Ping) -> None: ...

    with pytest.raises(NodeError, match="handles Ping twice: by first and second"):
        handlers(Twice)


def test_a_node_without_a_driver_says_so() -> None:
    with pytest.raises(NodeError, match="a node without a driver cannot send"):
        Server(limit=1).send("a", Ping(1))


def test_the_interface_needs_the_standard_library_and_msgspec_only() -> None:
    code = "import sys; before = set(sys.modules); import assay.impl.node; print(*(set(sys.modules) - before))"
    ran = subprocess.run(
        [sys.executable, "-S", "-c", f"import site; site.main(); {code}"], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    tops = {name.partition(".")[0] for name in ran.stdout.split()}
    assert tops - {"assay", "msgspec"} <= sys.stdlib_module_names
    assert not {
        name for name in ran.stdout.split() if name.startswith(("assay.checker", "assay.proofs", "assay.models"))
    }


def test_what_a_method_handles_is_a_class_or_the_name_of_a_timer() -> None:
    with pytest.raises(TypeError, match=r"on takes a class of messages, not 'retry'; .* on_timeout"):
        on("retry")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="on_timeout takes the name of a timer, not <class"):
        on_timeout(Ping)  # type: ignore[arg-type]
