"""Which sessions there are, from report 6000, asked for once for the streams that need it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from source_kaltura_rooms.retrieval.complete import ReportReader, WholeAnswer
from source_kaltura_rooms.retrieval.windows import Window


class SessionLists:
    """Answers of report 6000 by window, read by whichever stream asks first.

    At most `most` windows are kept for the other stream, and the oldest is dropped first: the other
    stream may never ask for it, because its state differs or because it has failed. With `most` 0
    there is no other stream, and nothing is kept.
    """

    def __init__(self, reader: ReportReader, most: int) -> None:
        self.reader = reader
        self._most = most
        self._lock = threading.Lock()
        self._shared: OrderedDict[Window, _SharedAnswers] = OrderedDict()

    def read(self, stream: str, window: Window) -> Iterator[WholeAnswer]:
        """The answers over the window, in order; requests count for the stream that asked first.

        Raises ReportError, to both streams.
        """
        if not self._most:
            yield from self.reader.read(stream, window)
            return
        with self._lock:
            shared = self._shared.get(window)
            if shared is None:
                shared = _SharedAnswers(self.reader.read(stream, window))
                self._shared[window] = shared
                if len(self._shared) > self._most:
                    self._shared.popitem(last=False)
            else:
                del self._shared[window]
        yield from shared.answers()

    def read_anew(self, stream: str, window: Window) -> Iterator[WholeAnswer]:
        """The answers over the window, asked for now."""
        return self.reader.read(stream, window)


@dataclass
class _SharedAnswers:
    source: Iterator[WholeAnswer]
    lock: threading.Lock = field(default_factory=threading.Lock)
    read: list[WholeAnswer] = field(default_factory=list)
    error: Exception | None = None

    def answers(self) -> Iterator[WholeAnswer]:
        position = 0
        while (answer := self._answer(position)) is not None:
            yield answer
            position += 1

    def _answer(self, position: int) -> WholeAnswer | None:
        with self.lock:
            if position < len(self.read):
                return replace(self.read[position], requests=0, seconds=0.0)
            if self.error is not None:
                raise self.error
            try:
                answer = next(self.source, None)
            except Exception as error:  # else the other stream would wait for answers for ever
                self.error = error
                raise
            if answer is not None:
                self.read.append(answer)
            return answer
