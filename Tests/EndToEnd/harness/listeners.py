"""Processes that listen on a port of their own and say on standard error where."""

import contextlib
import os
import re
import signal
import subprocess
import threading

from .limits import PATIENCE

#: The line of the product, and of the servers of these tests.
WHERE = re.compile(rb"Listening on (http://[^\s\"]+?)\.?(?=[\s\"]|$)")


class Listener:
    """One process and its address; usable from any event loop, or from none."""

    def __init__(self, arguments: list[str], *, env: dict | None = None, cwd=None, seconds=3 * PATIENCE):
        self.errors, self.url, self._said = bytearray(), "", threading.Event()
        self.process = subprocess.Popen(
            arguments,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        self._said.wait(seconds)
        if not self.url:
            self.kill()
            raise AssertionError(f"{' '.join(arguments)} never said where it listens\n{self.story()}")

    def _listen(self) -> None:
        for line in self.process.stderr:
            self.errors += line
            if not self.url and (found := WHERE.search(line)):
                self.url = found[1].decode()
                self._said.set()
        self._said.set()

    @property
    def pid(self) -> int:
        return self.process.pid

    def story(self) -> str:
        """What it said, for a failure report."""
        return f"--- its stderr:\n{bytes(self.errors[-3000:]).decode('utf-8', 'replace')}"

    def stop(self, seconds: float = PATIENCE) -> int:
        """Ends it as an operator does; the exit code, a negative number being a signal."""
        self.process.terminate()
        return self.process.wait(seconds)

    def kill(self) -> None:
        """Whatever happened, nothing of it remains."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        self.process.stderr.close()
