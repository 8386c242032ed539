"""The place a test runs in: a private home, a witness, and every process that it started."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from . import processes
from .door import JudgedDoor
from .eras import MODERN, NEWEST
from .http_peer import HttpPeer
from .limits import PATIENCE, soon
from .listeners import Listener
from .peer import FULL, EnvelopedPeer, Peer
from .wire import Wire
from .witness import Witness

ROOT = Path(__file__).resolve().parents[3]
SERVERS = ROOT / "Tests/EndToEnd/servers"
CLIENTS = ROOT / "Tests/EndToEnd/clients"
VENVS = Path(os.environ.get("MANIFOLD_TEST_VENVS", ROOT / ".venv"))


def product() -> str:
    """The binary under test: MANIFOLD_BIN, or the release build of this clone."""
    path = Path(os.environ.get("MANIFOLD_BIN", ROOT / ".build/release/manifold"))
    assert path.exists(), f"no manifold at {path}: run `make build` or set MANIFOLD_BIN"
    return str(path)


def venv(name: str, program: str = "python") -> str:
    """A program of one of the pinned virtual environments."""
    path = VENVS / name / "bin" / program
    assert path.exists(), f"no {path}: run `make venv`"
    return str(path)


def environment(home: Path) -> dict[str, str]:
    """A private home: nothing is read from or left in the user's own folders."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": f"{home}/cache",
        "XDG_CONFIG_HOME": f"{home}/config",
        "XDG_STATE_HOME": f"{home}/state",
        "XDG_RUNTIME_DIR": f"{home}/run",
    }


class Gate:
    """A named pipe that servers wait at until the test opens it."""

    def __init__(self, path: Path):
        self.path, self._descriptor = str(path), None
        os.mkfifo(path)

    def open(self) -> None:
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)

    def shut(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class World:
    """One test's home folder, configuration, witness and processes."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="mf-"))
        self.witness = Witness(self.home / "w")
        self.marker = f"WITNESS={self.witness.path}"
        self.config = self.home / "manifold.yaml"
        self.peers: list[Peer | HttpPeer] = []
        self.listeners: list[Listener] = []
        self.doors: list[JudgedDoor] = []
        self.wires: list[Wire] = []
        self.gates: list[Gate] = []
        self.expects_broken_lines = False
        (self.home / "run").mkdir(mode=0o700)

    @property
    def environment(self) -> dict[str, str]:
        return environment(self.home)

    def gate(self) -> Gate:
        self.gates.append(Gate(self.home / f"gate-{len(self.gates)}"))
        return self.gates[-1]

    # Upstreams

    def raw(self, script: str, *arguments: str, env: dict | None = None, **stdio) -> dict:
        """An upstream entry for one of the plain-Python servers."""
        return {
            "stdio": {
                "command": sys.executable,
                "args": ["-S", "-E", str(SERVERS / f"{script}.py"), *map(str, arguments)],
                "env": {"WITNESS": self.witness.path, **(env or {})},
                **stdio,
            }
        }

    def sdk(self, environment: str, script: str, *arguments: str) -> dict:
        """An upstream entry for a server written with an SDK of one of the virtual environments."""
        return {
            "stdio": {
                "command": venv(environment),
                "args": [str(SERVERS / f"{script}.py"), *arguments],
                "env": {"WITNESS": self.witness.path},
            }
        }

    def published(self, environment: str, program: str, *arguments: str) -> dict:
        """An upstream entry for a published server, as its users start it."""
        return {
            "stdio": {
                "command": venv(environment, program),
                "args": list(arguments),
                "env": {"WITNESS": self.witness.path},
            }
        }

    # The product

    def configure(self, upstreams: dict | str, **more) -> Path:
        """Writes the configuration; a mapping is written as JSON, which is YAML."""
        text = (
            upstreams
            if isinstance(upstreams, str)
            else json.dumps({"upstreams": upstreams, **more}, indent=1)
        )
        fresh = self.config.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.config)
        return self.config

    def serving(self) -> list[str]:
        return [product(), "serve", "--config", str(self.config)]

    async def start(self, arguments: list[str], *, env: dict | None = None, cwd=None, kind=Peer) -> Peer:
        peer = await kind.start(arguments, env={**self.environment, **(env or {})}, cwd=cwd or str(self.home))
        self.peers.append(peer)
        return peer

    async def serve(
        self, upstreams: dict | str, *, env: dict | None = None, cwd=None, kind=Peer, **more
    ) -> Peer:
        """manifold in front of these upstreams, nothing said yet."""
        self.configure(upstreams, **more)
        return await self.start(self.serving(), env=env, cwd=cwd, kind=kind)

    async def client(
        self, upstreams: dict | str, *, capabilities=FULL, version: str = NEWEST, env=None, **more
    ) -> Peer:
        """manifold in front of these upstreams, handshake done; the newest revision has none."""
        if version == MODERN:
            return await self.serve(upstreams, env=env, kind=EnvelopedPeer, **more)
        peer = await self.serve(upstreams, env=env, **more)
        await peer.initialize(capabilities, version)
        return peer

    async def direct(self, upstream: dict) -> Peer:
        """A conversation with the upstream itself: what the product's answers are compared with."""
        stdio = upstream["stdio"]
        return await self.start(
            [stdio["command"], *stdio["args"]], env=stdio.get("env"), cwd=stdio.get("cwd")
        )

    # Over HTTP

    async def listen(self, arguments: list[str], env: dict | None = None) -> Listener:
        """A process that listens on a port of its own, once it has said where."""
        own = {**self.environment, **(env or {})}
        listener = await asyncio.to_thread(Listener, arguments, env=own, cwd=str(self.home))
        self.listeners.append(listener)
        return listener

    async def front(self, upstreams: dict | str, *, env: dict | None = None, **more) -> Listener:
        """manifold with an HTTP front, in front of these upstreams; several at once are fine."""
        path = self.configure(upstreams, **more).rename(self.home / f"front-{len(self.listeners)}.yaml")
        return await self.listen([product(), "serve", "--config", str(path), "--http", "127.0.0.1:0"], env)

    def caller(self, url: str, version: str = NEWEST, **options) -> HttpPeer:
        """A raw client of a URL, nothing said yet; what it and its server say is checked at the end."""
        peer = HttpPeer(url, version, **options)
        self.peers.append(peer)
        return peer

    async def wire(self, url: str) -> Wire:
        """A bare connection, for what no client would say."""
        self.wires.append(await Wire.open(url))
        return self.wires[-1]

    async def hang_up(self) -> None:
        """Every client over HTTP is gone."""
        for wire in self.wires:
            wire.close()
        for peer in self.peers:
            if isinstance(peer, HttpPeer):
                await peer.discard()

    async def served(self, environment: str, script: str, *arguments: str) -> str:
        """The URL of a server written with an SDK of one of the virtual environments."""
        command = [venv(environment), str(SERVERS / f"{script}.py"), *arguments]
        return (await self.listen(command, {"WITNESS": self.witness.path})).url

    async def run(
        self,
        *arguments: str,
        input: bytes = b"",
        env: dict | None = None,
        cwd=None,
        seconds: float = 2 * PATIENCE,
    ):
        """Runs one command of the product to its end: (exit code, stdout, stderr)."""
        return await self.execute(
            [product(), *map(str, arguments)], input=input, env=env, cwd=cwd, seconds=seconds
        )

    async def execute(
        self, arguments, *, input: bytes = b"", env=None, cwd=None, seconds: float = 2 * PATIENCE
    ):
        """Runs any program in this world to its end."""
        process = await asyncio.create_subprocess_exec(
            *arguments,
            env={**self.environment, **(env or {})},
            cwd=cwd or str(self.home),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await soon(
                process.communicate(input), f"{' '.join(map(str, arguments))} to end", seconds
            )
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    async def json(self, *arguments: str, **options):
        """What one command prints with `--json`, decoded; it must succeed."""
        code, out, err = await self.run(*arguments, "--json", **options)
        assert code == 0, f"exit {code}\n{out}\n{err}"
        return json.loads(out)

    # The end

    def survivors(self) -> list[int]:
        """Processes of this world's upstreams that are still there."""
        return processes.marked(self.marker)

    async def gone(self, pids: list[int] | None = None) -> None:
        """Returns when every upstream process has ended; a survivor fails the test."""
        for pid in self.survivors() if pids is None else pids:
            await soon(processes.ended(pid), f"orphan {pid} ({processes.state(pid)}) to end")

    async def close(self) -> None:
        broken = [line[:200] for peer in self.peers for line in peer.broken]
        wrong = [each for peer in self.peers if isinstance(peer, HttpPeer) for each in peer.frames.wrong]
        for pid in self.survivors():
            processes.end(pid)
        await self.hang_up()
        for peer in self.peers:
            await peer.discard()
        for listener in self.listeners:
            await asyncio.to_thread(listener.kill)
        for pid in self.survivors():
            processes.end(pid)
        for gate in self.gates:
            gate.shut()
        for door in self.doors:
            await door.close()
        self.witness.close()
        shutil.rmtree(self.home, ignore_errors=True)
        assert self.expects_broken_lines or broken == [], "lines that are no JSON were printed"
        assert wrong == [], "frames that their revision does not allow:\n" + "\n".join(wrong)
        unsigned = [each for door in self.doors for each in door.wrong]
        assert unsigned == [], "signatures that botocore would not have made:\n" + "\n".join(unsigned)
