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

    def direct(self, version: str, reference: str) -> Listener:
        """The reference itself."""
        name, script, *arguments = REFERENCES[version][reference]
        command = [venv(name), str(SERVERS / script), *arguments]
        return self._started(("direct", version, reference), lambda: command)

    def manifold(self, version: str, reference: str) -> Listener:
        """The product in front of the reference, with the reference's own names."""
        upstream = {"http": {"url": self.direct(version, reference).url}}

        def arguments() -> list[str]:
            path = self.home / f"{version}-{reference}.yaml"
            path.write_text(json.dumps({"upstreams": {"ref": upstream}, "names": {"prefix": "never"}}))
            return [product(), "serve", "--config", str(path), "--http", "127.0.0.1:0"]

        return self._started(("manifold", version, reference), arguments)

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
