"""`DistributedLock`, as applications use it, on a real ZooKeeper."""

from __future__ import annotations

import re
import sys
import threading
import uuid
from pathlib import Path

import pytest
from assay.impl.zookeeper.lock import (
    DistributedLock,
    LockError,
    LockLost,
    LockTimeout,
    LockUnavailable,
    _in_line,
    reach,
)
from assay.impl.zookeeper.servers import Servers
from kazoo.client import KazooClient

README = Path(__file__).parents[3] / "README.md"


@pytest.fixture
def path() -> str:
    return f"/locks/{uuid.uuid4().hex}"


def expire(lock: DistributedLock, hosts: str) -> None:
    """Let ZooKeeper end the session of a lock, as it does when it has not heard from it for too long."""
    twin = KazooClient(hosts, client_id=lock._client.client_id)
    twin.start(30)
    twin.stop()
    assert lock._expired.wait(30)


def test_holders_follow_each_other_with_greater_tokens(zookeeper: Servers, path: str) -> None:
    with DistributedLock(zookeeper.hosts, path) as first:
        pass
    lock = DistributedLock(zookeeper.hosts, path)
    with lock as second:
        assert lock.token == second
        assert lock.is_held
    assert second > first
    assert not lock.is_held


def test_tokens_grow_even_where_the_node_of_the_lock_is_made_anew(zookeeper: Servers, path: str) -> None:
    """The numbers in the names of nodes begin at 0 again; the token is no such number."""
    with DistributedLock(zookeeper.hosts, path) as first:
        pass
    client = KazooClient(zookeeper.hosts)
    client.start(30)
    client.delete(path)
    client.stop()
    with DistributedLock(zookeeper.hosts, path) as second:
        assert second > first


def test_whoever_waits_too_long_is_told_and_leaves_nothing_behind(zookeeper: Servers, path: str) -> None:
    with DistributedLock(zookeeper.hosts, path):
        other = DistributedLock(zookeeper.hosts, path)
        with pytest.raises(LockTimeout):
            other.acquire(0.0001)
        with pytest.raises(LockTimeout):
            other.acquire(0.2)
        client = KazooClient(zookeeper.hosts)
        client.start(30)
        assert len(client.get_children(path)) == 1
        client.stop()


def test_a_waiting_client_gets_the_lock_when_it_comes_free(zookeeper: Servers, path: str) -> None:
    holder, other = DistributedLock(zookeeper.hosts, path), DistributedLock(zookeeper.hosts, path)
    first = holder.acquire(30)
    got: list[int] = []
    waiting = threading.Thread(target=lambda: got.append(other.acquire(60)))
    waiting.start()
    holder.release()
    waiting.join(60)
    assert got[0] > first
    other.release()
    holder.close()
    other.close()


def test_the_loss_of_the_session_is_told(zookeeper: Servers, path: str) -> None:
    lost = threading.Event()
    lock = DistributedLock(zookeeper.hosts, path, on_lost=lost.set)
    lock.acquire(30)
    expire(lock, zookeeper.hosts)
    assert lost.wait(30)
    assert lock.is_lost
    assert not lock.is_held
    with DistributedLock(zookeeper.hosts, path, timeout=30), pytest.raises(LockLost):
        lock.release()
    assert lock.acquire(30)
    lock.close()


def test_a_block_whose_lock_was_lost_does_not_end_as_if_nothing_were(zookeeper: Servers, path: str) -> None:
    lock = DistributedLock(zookeeper.hosts, path)
    with pytest.raises(LockLost), lock:
        expire(lock, zookeeper.hosts)


def test_an_error_of_the_block_is_not_hidden_by_the_loss(zookeeper: Servers, path: str) -> None:
    lock = DistributedLock(zookeeper.hosts, path)

    def work() -> None:
        with lock:
            expire(lock, zookeeper.hosts)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()


def test_a_session_that_expires_while_waiting_is_replaced(zookeeper: Servers, path: str) -> None:
    holder, looking = DistributedLock(zookeeper.hosts, path), threading.Event()
    other = DistributedLock(
        zookeeper.hosts, path, trace=lambda action, **_: looking.set() if action == "set_watch" else None
    )
    holder.acquire(30)
    got: list[int] = []
    waiting = threading.Thread(target=lambda: got.append(other.acquire(60)))
    waiting.start()
    assert looking.wait(30)
    twin = KazooClient(zookeeper.hosts, client_id=other._client.client_id)
    twin.start(30)
    twin.stop()
    holder.release()
    waiting.join(60)
    assert got
    other.release()
    for lock in (holder, other):  # their threads would draw random numbers beside the tests that follow
        lock.close()


def test_what_is_not_held_is_not_released_and_what_is_held_not_acquired(zookeeper: Servers, path: str) -> None:
    lock = DistributedLock(zookeeper.hosts, path)
    with pytest.raises(LockError):
        lock.release()
    with pytest.raises(LockError):
        _ = lock.token
    with lock, pytest.raises(LockError):
        lock.acquire()


def test_no_zookeeper_is_said() -> None:
    lock = DistributedLock("127.0.0.1:1", "/locks/none", connect_timeout=0.1)
    with pytest.raises(LockUnavailable, match=r"no ZooKeeper answered at 127\.0\.0\.1:1"):
        lock.acquire(1)
    with pytest.raises(LockUnavailable):
        reach("127.0.0.1:1", 0.1)


def test_no_kazoo_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kazoo", None)
    with pytest.raises(LockUnavailable, match=r"pip install 'assay\[zookeeper\]'"):
        DistributedLock("127.0.0.1:1", "/locks/none").acquire()


@pytest.mark.parametrize("path", ["locks", "/locks/", ""])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="the path of a lock"):
        DistributedLock("127.0.0.1:1", path)


def test_the_example_of_the_readme_works(zookeeper: Servers) -> None:
    found = re.search(r'^```python title="report\.py"\n(.*?)^```$', README.read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    code = re.sub(r'"zoo1:2181[^"]*"', repr(zookeeper.hosts), found[1])
    taken: list[int] = []
    exec(compile(code, "report.py", "exec"), {"write_report": taken.append, "__name__": "x"})
    assert len(taken) == 1


def test_nodes_that_queue_for_no_lock_do_not_count() -> None:
    own, other = "lock-b-0000000012", "lock-a-0000000007"
    assert _in_line([own, "config", "lock-c", other, "", "lock-d-000000000x", "\u0660" * 10]) == [other, own]


class ExpiringWhenAcquired(DistributedLock):
    """A lock, without ZooKeeper, whose session expires at the very moment at which it is acquired."""

    tokens = iter(range(100))
    expiring: threading.Thread | None = None

    def _connect(self, deadline: float | None) -> None:
        self._expired.clear()

    def _wait(self, deadline: float | None) -> int:
        return next(self.tokens)

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "_token" and value is not None and self.expiring is None:
            self.expiring = threading.Thread(target=self._listen, args=("LOST",))
            self.expiring.start()
            self.expiring.join(0.2)  # it may go on only when the lock is held or is not


def test_a_loss_is_told_if_and_only_if_a_lock_that_is_held_is_lost() -> None:
    told = threading.Event()
    lock = ExpiringWhenAcquired("", "/locks/x", on_lost=told.set)
    token = lock.acquire()
    assert lock.expiring is not None
    lock.expiring.join(30)
    assert told.wait(1) == lock.is_lost
    assert lock.token == token
