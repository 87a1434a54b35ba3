"""A client of the lock as a process, which executes commands from standard input and reports each step.

``python -m assay.impl.zookeeper.worker HOSTS PATH SESSION_TIMEOUT RESOURCE NAME``: on standard input lines ``acquire
SECONDS``, ``begin``, ``write``, ``release``, ``ask``, ``close``; on standard output JSON for each step and answer.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from assay.impl.zookeeper.lock import DistributedLock, LockError
from assay.impl.zookeeper.resource import ask

__all__ = ["main"]


def _tell(**line: Any) -> None:
    print(json.dumps(line), flush=True)


class _Worker:
    def __init__(self, hosts: str, path: str, session_timeout: str, resource: str, name: str) -> None:
        self.resource, self.name = resource, name
        self.token = -1
        self.lock = DistributedLock(
            hosts,
            path,
            session_timeout=float(session_timeout),
            on_lost=lambda: _tell(lost=True),
            trace=self._trace,
        )

    def _trace(self, action: str, /, **arguments: int) -> None:
        _tell(step=action, arguments=arguments, session=self.lock.session)

    def do(self, word: str, argument: str) -> Any:
        """Execute a command, and return its result."""
        match word:
            case "acquire":
                self.token = self.lock.acquire(float(argument))
                return self.token
            case "begin" | "write":  # under the token that it was given, whatever has become of the lock
                return ask(self.resource, word, self.name, self.token)
            case "release":
                self.lock.release()
            case "ask":
                return {"held": self.lock.is_held, "lost": self.lock.is_lost}
            case "close":
                self.lock.close()
        return None


def main() -> None:
    """Execute the commands on standard input until it ends."""
    worker = _Worker(*sys.argv[1:6])
    _tell(ready=True)
    for line in sys.stdin:
        word, _, argument = line.strip().partition(" ")
        try:
            _tell(did=word, result=worker.do(word, argument))
        except (LockError, OSError) as error:
            _tell(did=word, error=type(error).__name__, message=str(error))
    worker.lock.close()


if __name__ == "__main__":
    main()
