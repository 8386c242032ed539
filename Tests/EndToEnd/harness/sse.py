"""Server-sent events: a reader by the letter of the standard, and a writer for servers of tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Event:
    """One block of the stream as it came; a field that was not there is None."""

    data: str | None = None
    name: str | None = None
    id: str | None = None
    retry: int | None = None


class EventReader:
    """Bytes in any pieces in, whole events out; an event without its blank line never comes out."""

    def __init__(self):
        self._start, self._line, self._after_return = b"", bytearray(), False
        self._event, self._fields = Event(), 0

    def feed(self, data: bytes) -> list[Event]:
        if self._start is not None:
            self._start += data
            if len(self._start) < 3 and b"\xef\xbb\xbf".startswith(self._start):
                return []
            data, self._start = self._start.removeprefix(b"\xef\xbb\xbf"), None
        if self._after_return and data:
            data, self._after_return = data.removeprefix(b"\n"), False
        first, *rest = re.split(rb"\r\n|\r|\n", data)
        self._line += first
        self._after_return = self._after_return or data.endswith(b"\r")
        return [event for line in self._lines(rest) if (event := self._take(line)) is not None]

    def _lines(self, rest: list[bytes]) -> Iterator[bytes]:
        """The lines that are whole now; the last piece begins the next one."""
        for piece in rest:
            line, self._line = bytes(self._line), bytearray(piece)
            yield line

    def _take(self, line: bytes) -> Event | None:
        if line == b"":
            event, fields = self._event, self._fields
            self._event, self._fields = Event(), 0
            return event if fields else None
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ").decode("utf-8", "replace")
        match name:
            case b"data":
                self._event.data = value if self._event.data is None else f"{self._event.data}\n{value}"
            case b"event":
                self._event.name = value
            case b"id" if "\0" not in value:
                self._event.id = value
            case b"retry" if value.isdecimal():
                self._event.retry = int(value)
            case _:
                return None
        self._fields += 1
        return None


def event(data: bytes | str | None, *, id=None, retry=None, name="message", end: bytes = b"\n") -> bytes:
    """One event as bytes, its lines ended by `end`."""
    fields = [("event", name), ("id", id), ("retry", retry)]
    lines = [f"{key}: {value}".encode() for key, value in fields if value is not None]
    if data is not None:
        raw = data if isinstance(data, bytes) else data.encode()
        lines += [b"data: " + line if line else b"data:" for line in raw.split(b"\n")]
    return b"".join(line + end for line in lines) + end
