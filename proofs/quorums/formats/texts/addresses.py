"""Addresses of members: hosts and ports, and which of them identify a member."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from assay.proofs.quorums.identities import Identity, Mark

__all__ = ["Address", "identity_of"]

_ANYWHERE = frozenset(("", "0.0.0.0", "[::]", "::", "*"))


@dataclass(frozen=True)
class Address:
    """A host with the ports by which other members reach it."""

    host: str
    ports: tuple[int, ...]

    @property
    def is_somewhere(self) -> bool:
        """Whether this says where the member is; `0.0.0.0` only says that it listens."""
        return self.host not in _ANYWHERE

    @property
    def key(self) -> tuple[Hashable, ...]:
        """A canonical form, which is the same for two spellings of one address."""
        return (self.host.lower().rstrip("."), *self.ports)

    def __str__(self) -> str:
        return ":".join((self.host, *map(str, self.ports)))


def identity_of(number: int, addresses: Sequence[Address]) -> Identity | None:
    """Return the identity of a member with an id and addresses; one common address makes two members the same.

    None if no address says where it is; then the id has to be enough.
    """
    known = [address for address in addresses if address.is_somewhere]
    if not known:
        return None
    values = frozenset((number, address.key) for address in known)
    return Identity((Mark("address", values, "|".join(map(str, known))),))
