"""A lock on ZooKeeper that tells its holder the truth: a fencing token, and whether the session still lives.

The recipe is that of *ZooKeeper Recipes and Solutions*: each client creates an ephemeral sequential node, the owner of
the lowest has the lock, and the others each watch the node before their own. The node's name contains an identifier of
the request, so that a client that missed the reply finds its node instead of creating another one.

No lock over a network can keep a holder from working after its session has expired: its process may be paused at any
moment, for any length of time. So the holder gets a *token*, greater than that of every holder before it, and the
protected resource refuses a lower one than it has seen.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Protocol

__all__ = ["DistributedLock", "LockError", "LockLost", "LockTimeout", "LockUnavailable", "Trace", "erase", "reach"]

_PAUSE = 0.05
"""Seconds between two tries while ZooKeeper cannot be reached: kazoo itself connects again in the meantime."""


class LockError(Exception):
    """Base of what a lock raises."""


class LockTimeout(LockError):
    """The lock was not acquired in time; the request for it has been withdrawn."""


class LockUnavailable(LockError):
    """No ZooKeeper answered, or kazoo is not installed."""


class LockLost(LockError):
    """The session expired while the lock was held, so another client may hold it now."""


class _SessionExpired(Exception):
    """The session expired before the lock was acquired: start again."""


class Trace(Protocol):
    """A callback for each step of a client, named as in the model of this lock (`assay check lock`)."""

    def __call__(self, action: str, /, **arguments: int) -> None:
        """Record a step."""


def _untraced(action: str, /, **arguments: int) -> None:
    """Record nothing."""


class DistributedLock:
    """A lock for mutual exclusion between processes on several machines.

    ``with DistributedLock("zoo1:2181,zoo2:2181", "/locks/report") as token: ...``

    Parameters
    ----------
    hosts : str
        The servers of the ensemble, as ``host:port``, separated by commas.
    path : str
        The parent node of all clients' nodes for this lock; it is created if it does not exist.
    timeout : float, optional
        Seconds that ``with`` waits for the lock; None waits forever.
    session_timeout : float
        Seconds without a sign of life after which ZooKeeper takes the lock from its holder. Servers enforce bounds on
        it.
    connect_timeout : float
        Seconds to wait for the first connection.
    on_lost : callable, optional
        Called once, in a thread of its own, when a held lock turns out to be lost.
    trace : Trace, optional
        Called for every step, for `assay conform lock`.

    Notes
    -----
    A lock is not reentrant, and only one thread at a time may use it; any thread may read `token` and `is_held`.
    """

    def __init__(
        self,
        hosts: str,
        path: str,
        *,
        timeout: float | None = None,
        session_timeout: float = 10.0,
        connect_timeout: float = 10.0,
        on_lost: Callable[[], None] | None = None,
        trace: Trace = _untraced,
    ) -> None:
        if not path.startswith("/") or path.endswith("/"):
            raise ValueError(f"the path of a lock begins with / and does not end with it, unlike {path!r}")
        self.hosts = hosts
        self.path = path
        self.timeout = timeout
        self.session_timeout = session_timeout
        self.connect_timeout = connect_timeout
        self._on_lost = on_lost
        self._trace = trace
        self._client: Any = None
        self._kazoo: Any = None
        self._sessions = 0
        self._connected = threading.Event()
        self._expired = threading.Event()
        self._node: str | None = None
        self._token: int | None = None
        self._guard = threading.Lock()
        """For what is said of `_token` and `_expired` together: kazoo's thread may set the latter at any moment."""

    @property
    def token(self) -> int:
        """The fencing token, greater than that of every earlier holder; the resource must refuse lower ones.

        Raises
        ------
        LockError
            If the lock is not held.
        """
        if self._token is None:
            raise LockError(f"{self.path} is not held, so there is no token")
        return self._token

    @property
    def session(self) -> int | None:
        """The identifier of the session, as in ZooKeeper's logs; None before the first session and after the last."""
        return None if self._client is None else int(self._client.client_id[0])

    @property
    def is_held(self) -> bool:
        """Whether the lock was acquired and its session is known to live; False as soon as that is in doubt."""
        return self._token is not None and self._connected.is_set() and not self._expired.is_set()

    @property
    def is_lost(self) -> bool:
        """Whether the lock was acquired, and the session has expired since."""
        return self._token is not None and self._expired.is_set()

    def __enter__(self) -> int:
        """Acquire the lock, and return the token."""
        return self.acquire(self.timeout)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Release the lock and end the session.

        Raises
        ------
        LockLost
            If the session had expired; not over an error of the block.
        """
        try:
            self.release()
        except LockLost:
            if kind is None:
                raise
        finally:
            self.close()

    def acquire(self, timeout: float | None = None) -> int:
        """Acquire the lock, and return the token.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait; None waits forever.

        Raises
        ------
        LockTimeout
            If the lock was never free in that time, or ZooKeeper could not be reached.
        LockUnavailable
            If no first connection was made within `connect_timeout`.
        LockError
            If this object holds the lock already.
        """
        if self._token is not None:
            raise LockError(f"{self.path} is held already; release it first")
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            return self._acquire(deadline)
        except BaseException:
            self.close()  # ends the session, and with it the client's node
            raise

    def _acquire(self, deadline: float | None) -> int:
        """Acquire the lock; if the session expires before that, try again with a new one."""
        while True:
            self._connect(deadline)
            with contextlib.suppress(_SessionExpired):
                token = self._wait(deadline)
                if self._holds(token):
                    return token

    def _holds(self, token: int) -> bool:
        """Note that the lock is held; return False if its session has expired before that."""
        with self._guard:
            if self._expired.is_set():
                return False
            self._token = token
            return True

    def release(self) -> None:
        """Release the lock.

        If ZooKeeper cannot be reached, the session is closed; the lock is free at the latest when it has expired.

        Raises
        ------
        LockLost
            If the session had expired already.
        LockError
            If it is not held.
        """
        if self._token is None:
            raise LockError(f"{self.path} is not held")
        lost = self._expired.is_set() or not self._delete()
        self._node, self._token = None, None
        if lost:
            self.close()
            raise LockLost(f"the session of {self.path} expired while it was held: somebody else may have had it")

    def close(self) -> None:
        """End the session, and with it the client's node; closing twice is harmless."""
        client, self._client, self._node, self._token = self._client, None, None, None
        if client is not None:
            client.remove_listener(self._listen)
            client.stop()
            client.close()

    def _connect(self, deadline: float | None) -> None:
        if self._client is not None and not self._expired.is_set():
            return
        self.close()
        self._kazoo = _kazoo()
        self._expired.clear()
        self._connected.clear()
        self._client = self._kazoo.client.KazooClient(self.hosts, timeout=self.session_timeout)
        self._client.add_listener(self._listen)
        patience = max(0.0, min(self.connect_timeout, _left(deadline, self.connect_timeout)))
        try:
            self._client.start(patience)
        except self._kazoo.handlers.threading.KazooTimeoutError:
            if patience < self.connect_timeout:
                raise LockTimeout(f"{self.path} was not acquired in time: no ZooKeeper answered") from None
            raise LockUnavailable(f"no ZooKeeper answered at {self.hosts}") from None
        self._connected.set()
        if self._sessions:
            self._trace("notice")
        self._sessions += 1

    def _listen(self, state: str) -> None:
        """Record the state of the session; called from kazoo's thread."""
        if state == "CONNECTED":
            self._connected.set()
        else:
            self._connected.clear()
        if state == "LOST":
            with self._guard:
                is_news = not self._expired.is_set()
                self._expired.set()
                was_held = self._token is not None
            if is_news and was_held and self._on_lost is not None:
                threading.Thread(target=self._on_lost, daemon=True).start()

    def _wait(self, deadline: float | None) -> int:
        """Create a node, and wait until it is the lowest."""
        self._ensure_path(deadline)
        node, token = self._create(deadline)
        self._node, serial = node, _serial(node)
        while True:
            before = self._before(node, deadline)
            if before is None:
                self._trace("acquire", serial=serial)
                return token
            self._trace("look", serial=serial, predecessor=_serial(before))
            self._wait_for_end(before, deadline)

    def _ensure_path(self, deadline: float | None) -> None:
        self._retried(lambda left: self._client.ensure_path_async(self.path).get(timeout=left), deadline)

    def _create(self, deadline: float | None) -> tuple[str, int]:
        """Create this client's node; after a lost reply, check whether it exists before creating another."""
        name = f"lock-{uuid.uuid4().hex}-"
        while True:
            try:
                path, stat = self._client.create_async(
                    f"{self.path}/{name}", ephemeral=True, sequence=True, include_data=True
                ).get(timeout=self._step(deadline))
                return path.rpartition("/")[2], int(stat.czxid)
            except self._kazoo.exceptions.SessionExpiredError:
                raise _SessionExpired from None
            except self._lost_replies:
                found = self._own(name, deadline)
                if found is not None:
                    return found

    def _own(self, name: str, deadline: float | None) -> tuple[str, int] | None:
        """Return the node that was created for a request, with its token, or None if there is none."""
        self._catch_up(deadline)
        node = next((node for node in self._children(deadline) if node.startswith(name)), None)
        if node is None:
            self._trace("find_none")
            return None
        there = f"{self.path}/{node}"
        stat = self._retried(lambda left: self._client.exists_async(there).get(timeout=left), deadline)
        if stat is None:
            raise _SessionExpired
        self._trace("find_own", serial=_serial(node))
        return node, int(stat.czxid)

    def _catch_up(self, deadline: float | None) -> None:
        """Wait until the server has caught up with the leader, which may have executed the request."""
        self._retried(lambda left: self._client.sync_async(self.path).get(timeout=left), deadline)

    def _children(self, deadline: float | None) -> list[str]:
        def read(left: float) -> list[str]:
            found: list[str] = self._client.get_children_async(self.path).get(timeout=left)
            return found

        found: list[str] = self._retried(read, deadline)
        return found

    def _before(self, own: str, deadline: float | None) -> str | None:
        """Return the node before this client's own, or None if its own is the lowest."""
        nodes = _in_line(self._children(deadline))
        if own not in nodes:
            raise _SessionExpired
        place = nodes.index(own)
        return None if place == 0 else nodes[place - 1]

    def _wait_for_end(self, node: str, deadline: float | None) -> None:
        """Wait until a node is gone; ask again now and then, since a notification may be lost with its connection."""
        told = threading.Event()

        def wake(_: Any) -> None:  # the same function each time: kazoo keeps one watch, however often it is set
            told.set()

        def ask(left: float) -> Any:
            return self._client.exists_async(f"{self.path}/{node}", watch=wake).get(timeout=left)

        is_first = True
        while True:
            told.clear()
            there = self._retried(ask, deadline)
            if is_first:
                self._trace("set_watch", predecessor=_serial(node))
            elif there is None:
                self._trace("wake")
            if there is None:
                return
            is_first = False
            self._sleep(told, deadline)

    def _sleep(self, told: threading.Event, deadline: float | None) -> None:
        told.wait(min(self.session_timeout, _left(deadline, self.session_timeout)))
        if deadline is not None and time.monotonic() >= deadline and not told.is_set():
            raise LockTimeout(f"{self.path} was not free in time")

    def _delete(self) -> bool:
        """Delete this client's node; return whether it still existed. Without an answer in time, end the session."""
        deadline = time.monotonic() + self.session_timeout
        asked = False
        while True:
            try:
                self._client.delete_async(f"{self.path}/{self._node}").get(timeout=self._step(deadline))
                return True
            except self._kazoo.exceptions.NoNodeError:
                return asked  # the reply to an earlier request was lost, not the node
            except self._lost_replies:
                asked = True
                time.sleep(_PAUSE)
            except (_SessionExpired, self._kazoo.exceptions.SessionExpiredError):
                return False
            except LockTimeout:
                self.close()
                return True

    @property
    def _lost_replies(self) -> tuple[type[Exception], ...]:
        exceptions = self._kazoo.exceptions
        return (
            exceptions.ConnectionLoss,
            exceptions.ConnectionClosedError,
            exceptions.OperationTimeoutError,
            self._kazoo.handlers.threading.KazooTimeoutError,
        )

    def _retried(self, read: Callable[[float], Any], deadline: float | None) -> Any:
        """Return the answer to an idempotent request, which is repeated after a lost reply."""
        while True:
            try:
                return read(self._step(deadline))
            except self._lost_replies:
                time.sleep(_PAUSE)
            except self._kazoo.exceptions.SessionExpiredError:
                raise _SessionExpired from None

    def _step(self, deadline: float | None) -> float:
        """Return the number of seconds that one request may take.

        Raises
        ------
        LockTimeout
            If no time is left.
        _SessionExpired
            If the session has expired.
        """
        if self._expired.is_set():
            raise _SessionExpired
        left = _left(deadline, self.session_timeout)
        if left <= 0:
            raise LockTimeout(f"{self.path} was not acquired in time")
        return min(left, self.session_timeout)


def _left(deadline: float | None, most: float) -> float:
    return most if deadline is None else deadline - time.monotonic()


def _serial(node: str) -> int:
    """Return the serial number of a sequential node: the ten digits at the end of its name."""
    return int(node[-10:])


def _in_line(nodes: Iterable[str]) -> list[str]:
    """Return the nodes that queue for the lock, in order; others below its path, of whoever made them, do not count."""
    return sorted((node for node in nodes if re.search(r"[0-9]{10}\Z", node)), key=_serial)


def reach(hosts: str, patience: float = 10.0) -> None:
    """Connect once to a ZooKeeper, to check that it is reachable.

    Raises
    ------
    LockUnavailable
        If no server answers, or kazoo is not installed.
    """
    with _connected(hosts, patience):
        pass


def erase(hosts: str, path: str, patience: float = 10.0) -> None:
    """Delete a node and everything below it, if it exists.

    Raises
    ------
    LockUnavailable
        If no server answers, the node cannot be deleted, or kazoo is not installed.
    """
    exceptions = _kazoo().exceptions
    with _connected(hosts, patience) as client:
        try:
            client.delete(path, recursive=True)
        except exceptions.NoNodeError:
            pass
        except exceptions.KazooException as error:
            raise LockUnavailable(f"{path} was not deleted: {type(error).__name__}") from None


@contextlib.contextmanager
def _connected(hosts: str, patience: float) -> Iterator[Any]:
    """Yield a client with a session of its own, which ends with the block."""
    kazoo = _kazoo()
    client = kazoo.client.KazooClient(hosts)
    try:
        client.start(patience)
        yield client
    except kazoo.handlers.threading.KazooTimeoutError:
        raise LockUnavailable(f"no ZooKeeper answered at {hosts}") from None
    finally:
        client.stop()
        client.close()


def _kazoo() -> Any:
    try:
        import kazoo
        import kazoo.client
        import kazoo.exceptions
        import kazoo.handlers.threading
    except ImportError:
        raise LockUnavailable("kazoo is not installed: pip install 'assay[zookeeper]'") from None
    return kazoo
