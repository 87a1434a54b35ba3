"""How many requests a second the proxy passes on, beside nginx: ``python -m tests.benchmarks.proxy [REQUESTS]``.

Three backends answer at once; the clients are 16 connections of one process. Each proxy is one process, and its
processor time is what is compared: the clients and the backends share the machine with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assay.impl.http_proxy.http import Message
from assay.impl.http_proxy.upstream import Upstream

CLIENTS = 16
NGINX = """\
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream backends {{ {servers} keepalive 64; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://backends;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
}}
"""


@dataclass(frozen=True)
class Figures:
    """What was measured: requests a second of wall time, and of the proxy's own processor time."""

    rate: float
    own_rate: float


@contextlib.contextmanager
def started(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def backends(folder: Path) -> Iterator[list[str]]:
    """Start three backends; yield their addresses."""
    with contextlib.ExitStack() as stack:
        ports = []
        for name in ("b1", "b2", "b3"):
            command = [sys.executable, "-m", "assay.impl.http_proxy.backend", name, "0", str(folder / "ledger")]
            process = stack.enter_context(started(command))
            assert process.stdout is not None
            ports.append(int(process.stdout.readline()))
        yield [f"127.0.0.1:{port}" for port in ports]


@contextlib.contextmanager
def ours(addresses: Sequence[str]) -> Iterator[tuple[int, int]]:
    with started([sys.executable, "-m", "assay.impl.http_proxy", "127.0.0.1:0", *addresses]) as process:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline().rpartition(":")[2])


@contextlib.contextmanager
def nginx(addresses: Sequence[str], folder: Path) -> Iterator[tuple[int, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    servers = " ".join(f"server {address};" for address in addresses)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, servers=servers, port=port))
    binary = shutil.which("nginx") or "/usr/sbin/nginx"
    with started([binary, "-p", str(folder), "-c", str(folder / "nginx.conf")]) as process:
        worker = None
        while worker is None:  # nginx forks the process that works
            time.sleep(0.05)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            worker = int(children[0]) if children else None
        yield worker, port


def processor_time(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def load(port: int, requests: int) -> float:
    """Send requests; return the seconds that it took."""
    left = iter(range(requests))

    async def client() -> None:
        upstream = Upstream("127.0.0.1", port)
        for _ in left:
            answer = await upstream.ask(Message("GET /work HTTP/1.1", (("Host", "x"),)))
            assert answer.status == 200
        upstream.close()

    started_at = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return time.perf_counter() - started_at


def measured(pid: int, port: int, requests: int) -> Figures:
    asyncio.run(load(port, requests // 10))  # connections are open, backends are known to be well
    before = processor_time(pid)
    seconds = asyncio.run(load(port, requests))
    spent = max(processor_time(pid) - before, 1 / os.sysconf("SC_CLK_TCK"))
    return Figures(requests / seconds, requests / spent)


def main() -> None:
    """Print the table."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    print("| proxy | requests/s | requests per second of its processor time |")
    print("| --- | ---: | ---: |")
    with tempfile.TemporaryDirectory() as text, backends(Path(text)) as addresses:
        with ours(addresses) as (pid, port):
            found = measured(pid, port, requests)
            print(f"| ours | {found.rate:,.0f} | {found.own_rate:,.0f} |", flush=True)
        if shutil.which("nginx") or Path("/usr/sbin/nginx").exists():
            with nginx(addresses, Path(text)) as (pid, port):
                found = measured(pid, port, requests)
                print(f"| nginx | {found.rate:,.0f} | {found.own_rate:,.0f} |")


if __name__ == "__main__":
    main()
