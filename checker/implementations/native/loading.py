"""Load the compiled functions of clusters: from the cache, or by compiling them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from assay.checker.engine.native.cache import compiled
from assay.checker.engine.native.objects import ObjectCode, compile_object

__all__ = ["functions"]

# What compiled functions depend on: the cache has them under a digest of these texts.
_SOURCES = ("abi.py", "packed.py", "faulting.py", "expanding.py", "judging.py")
_ENGINE = ("abi.py", "intrinsics.py", "signatures.py")


@cache
def functions() -> dict[str, int]:
    """Return the addresses of ``expand``, ``inspect``, ``within`` and ``steps``."""

    def build() -> ObjectCode:
        # Imported only where nothing is cached: these modules import Numba.
        from assay.checker.implementations.native.expanding import build_expand
        from assay.checker.implementations.native.judging import build_judging

        return compile_object(lambda: {"expand": build_expand(), **build_judging()})

    return compiled("clusters", _source(), build)


def _source() -> str:
    own, engine = files("assay.checker.implementations.native"), files("assay.checker.engine.native")
    texts = [own.joinpath(name).read_text(encoding="utf-8") for name in _SOURCES]
    return "\0".join([*texts, *(engine.joinpath(name).read_text(encoding="utf-8") for name in _ENGINE)])
