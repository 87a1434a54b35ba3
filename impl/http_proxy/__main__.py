"""``python -m assay.impl.http_proxy LISTEN BACKEND...``: a reverse proxy, each address as ``host:port``."""

from __future__ import annotations

import asyncio
import sys

from assay.impl.http_proxy.proxy import Proxy


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or len(port) > 5 or int(port) > 65535:
        sys.exit(f"error: {text!r} is no address: expected host:port")
    return host.removeprefix("[").removesuffix("]"), int(port)  # an address of IPv6 stands in brackets


async def _run(listen: tuple[str, int], backends: list[tuple[str, int]]) -> None:
    async with Proxy(backends, host=listen[0], port=listen[1]) as proxy:
        print(f"{listen[0]}:{proxy.port}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted."""
    if len(sys.argv) < 3:
        sys.exit("usage: python -m assay.impl.http_proxy LISTEN BACKEND...")
    listen, *backends = map(_address, sys.argv[1:])
    try:
        asyncio.run(_run(listen, backends))
    except KeyboardInterrupt:
        pass
    except OSError as error:
        sys.exit(f"error: cannot listen at {listen[0]}:{listen[1]}: {error.strerror}")


if __name__ == "__main__":
    main()
