"""Clients as processes: none is left behind, and one that has ended is said to have."""

from __future__ import annotations

import socket
import sys
import threading
from pathlib import Path

import pytest
from assay.impl.zookeeper import clients
from assay.impl.zookeeper.clients import Client, Silent
from assay.impl.zookeeper.resource import Resource, ask


def client() -> Client:
    return Client("c1", "127.0.0.1:1", "/locks/none", "127.0.0.1:1")


def test_a_client_that_does_not_start_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hanging = tmp_path / "python"
    hanging.write_text("#!/bin/sh\nexec sleep 1000\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(hanging))
    monkeypatch.setattr(clients, "_STARTING", 0.1)
    started = client()
    with pytest.raises(Silent, match=r"c1 did not answer within 0\.1 s"), started:
        pytest.fail("it answers")
    assert started.process.returncode == -9


def test_a_client_that_has_ended_is_said_to_have() -> None:
    with client() as started:
        started.kill()
        with pytest.raises(Silent, match="c1 has ended"):
            started.tell("ask")


@pytest.mark.parametrize("line", [b"no JSON\n", b"{}\n", b"3\n", b'{"do":"write","client":"c","token":"x"}\n'])
def test_what_is_no_request_ends_its_connection_and_no_other(line: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with Resource() as resource:
        host, _, port = resource.address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(line)
            assert connection.recv(1) == b""
        assert ask(resource.address, "write", "c1", 1)
    assert capfd.readouterr().err == ""


def test_a_resource_that_closes_the_connection_is_an_error_of_the_operating_system() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def close_one() -> None:
            server.accept()[0].close()

        closing = threading.Thread(target=close_one)
        closing.start()
        with pytest.raises(ConnectionError):
            ask(f"127.0.0.1:{server.getsockname()[1]}", "write", "c1", 1)
        closing.join(30)
