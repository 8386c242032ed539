"""Who the conformance scenarios are put to, and the servers behind them, started once per worker."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .eras import MODERN, NEWEST
from .http_peer import HttpPeer
from .listeners import Listener
from .world import SERVERS, environment, product, venv

#: The reference servers by revision: a virtual environment, a script and its arguments.
REFERENCES = {
    NEWEST: {"mcp1": ["v1", "everything_v1.py"], "mcp2": ["v2", "everything.py", "legacy"]},
    MODERN: {"mcp2": ["v2", "everything.py", "modern"]},
}


def command(version: str, reference: str) -> list[str]:
    """How a reference is started."""
    environment, script, *arguments = REFERENCES[version][reference]
    return [venv(environment), str(SERVERS / script), *arguments]


class Places:
    """Servers that several tests share: each is started when a test first asks for it."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="mf-"))
        (self.home / "run").mkdir(mode=0o700)
        self._running: dict[tuple, Listener] = {}

    def _started(self, key: tuple, arguments) -> Listener:
        if key not in self._running:
            self._running[key] = Listener(arguments(), env=environment(self.home), cwd=str(self.home))
        return self._running[key]

    def direct(self, version: str, reference: str, key: str = "direct") -> Listener:
        """The reference itself."""
        return self._started((key, version, reference), lambda: command(version, reference))

    def manifold(self, version: str, reference: str) -> Listener:
        """The product, HTTP in front and behind, with the reference's own names."""
        # One of its own: what another test changes there is undone too soon to be told.
        upstream = {"http": {"url": self.direct(version, reference, "behind").url}}
        return self._front(("manifold", version, reference), upstream)

    def piped(self, version: str, reference: str) -> Listener:
        """The product with HTTP in front; behind it the reference on standard input and output."""
        program, *arguments = command(version, reference)
        upstream = {"stdio": {"command": program, "args": [*arguments, "stdio"]}}
        return self._front(("piped", version, reference), upstream)

    def _front(self, key: tuple[str, str, str], upstream: dict) -> Listener:
        def arguments() -> list[str]:
            path = self.home / f"{'-'.join(key)}.yaml"
            settings = {"names": {"prefix": "never"}, "limits": {"startWait": "30 s"}}
            path.write_text(json.dumps({"upstreams": {"ref": upstream}, **settings}))
            return [product(), "serve", "--config", str(path), "--http", "127.0.0.1:0"]

        return self._started(key, arguments)

    def close(self) -> None:
        for listener in self._running.values():
            listener.kill()
        shutil.rmtree(self.home, ignore_errors=True)


@dataclass
class Target:
    """One address to speak one revision to."""

    kind: str
    version: str
    listener: Listener

    @property
    def url(self) -> str:
        return self.listener.url

    @property
    def direct(self) -> bool:
        return self.kind == "direct"

    def peer(self, **options) -> HttpPeer:
        return HttpPeer(self.url, self.version, **options)
