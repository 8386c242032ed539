"""The rows over HTTP: the product and nginx as reverse proxies of the same server."""

import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
from pathlib import Path

NGINX = """
daemon off; worker_processes 1; pid {home}/nginx.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f;
    uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
    upstream server {{ server 127.0.0.1:{upstream}; keepalive 256; }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 1000000;
        location / {{ proxy_pass http://server; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    }}
}}
"""


@contextlib.contextmanager
def running(command, environment, **options):
    process = subprocess.Popen([str(word) for word in command], env=environment, text=True, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, process) -> None:
    import socket

    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
    raise SystemExit("bench: nginx has ended")


def rows(bench, built: Path, core: str) -> None:
    """Throughput with 64 connections and the added median with one, against nginx."""
    nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if nginx is None:
        print("HTTP: nginx is not installed, so its rows are left out (apt-get install nginx-light)")
        return
    pinned = ["taskset", "-c", core]
    home = Path(bench.home.name)
    with contextlib.ExitStack() as stack:
        web = stack.enter_context(
            running([*pinned, built / "web"], bench.environment, stdout=subprocess.PIPE)
        )
        upstream = int(web.stdout.readline())
        port = free_port()
        (home / "nginx.conf").write_text(NGINX.format(home=home, upstream=upstream, port=port))
        peer = stack.enter_context(
            running([*pinned, nginx, "-c", home / "nginx.conf"], bench.environment)
        )
        wait_for(port, peer)
        (home / "web.yaml").write_text(
            json.dumps({"upstreams": {"u0": {"http": {"url": f"http://127.0.0.1:{upstream}/mcp"}}}})
        )
        command = [bench.manifold, "serve", "--config", home / "web.yaml", "--http", "127.0.0.1:0"]
        product = stack.enter_context(
            running([*pinned, *command], bench.environment, stderr=subprocess.PIPE)
        )
        ours = 0
        for line in product.stderr:
            if found := re.search(r"Listening on http://127.0.0.1:(\d+)", line):
                ours = int(found[1])
                break

        def load(at: int, width: int, tool: str, calls: int) -> list[float]:
            words = [*pinned, built / "load", str(at), str(width), str(calls), tool]
            done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, check=True)
            return [float(word) for word in done.stdout.split()]

        for width, index in ((64, 1), (1, 0)):
            calls = bench.calls if width > 1 else bench.calls // 4
            found = bench.interleaved(
                {
                    "server": lambda: load(upstream, width, "ping", calls)[index],
                    "nginx": lambda: load(port, width, "ping", calls)[index],
                    "manifold": lambda: load(ours, width, "u0__ping", calls)[index],
                }
            )
            server, other, mine = (statistics.median(found[name]) for name in found)
            if width > 1:
                what, ratio, bar = "HTTP to HTTP, 64 connections", other / mine, "≥ 0.60 ×"
                figure, good = f"{mine / 1000:.1f} µs/call", ratio >= 0.6
            else:
                what, ratio, bar = "HTTP to HTTP, added to a call", (mine - server) / (other - server), "≤ 2.00 ×"
                figure, good = f"{(mine - server) / 1000:.1f} µs", ratio <= 2
            peer_figure = other if width > 1 else other - server
            bench.row(what, figure, f"nginx {peer_figure / 1000:.1f} µs", ratio, bar, good)
        events(bench, [*pinned, built / "events"], upstream, ours)


def events(bench, command: list, upstream: int, ours: int) -> None:
    """How long an event of a stream is under way from its last byte here to its last byte there."""

    def heard(port: int, tool: str) -> list[float]:
        words = [str(word) for word in [*command, port, tool]]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
        return [float(word) for word in done.stdout.split()]

    found = bench.interleaved(
        {"server": lambda: heard(upstream, "report"), "manifold": lambda: heard(ours, "u0__report")}
    )
    (server, _), (mine, most) = (
        [statistics.median(run[index] for run in found[name]) for index in (0, 1)] for name in found
    )
    bench.row(
        "an event of a stream, added to its way",
        f"{(mine - server) / 1000:.0f} µs",
        f"99 % below {most / 1000:.0f} µs",
        None,
        "≤ 1 ms",
        mine - server <= 1e6,
    )
