"""How much work a function does, counted: lines and bytes do not vary with a machine's speed."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import source_kaltura_rooms

PACKAGE = str(Path(source_kaltura_rooms.__file__).parent)


@dataclass(frozen=True)
class Work:
    """How many lines of the package were run, and how many bytes they allocated.

    Bytes that a line frees at once count too: a text that is copied for each line that is added to
    it costs its whole length each time.
    """

    lines: int
    allocated: int


def work_of(function: Callable[[], object]) -> Work:
    """Return the work that a call of the function does in this thread.

    It is called three times, and the least counts: in a long run of tests, Python itself or another
    thread now and then allocates some megabytes in between.
    """
    works = [_counted(function) for _ in range(3)]
    return Work(min(one.lines for one in works), min(one.allocated for one in works))


def _counted(function: Callable[[], object]) -> Work:
    lines = allocated = held = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines, allocated, held
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        now_held, most_held = tracemalloc.get_traced_memory()
        lines += event == "line"
        allocated += most_held - held
        tracemalloc.reset_peak()
        held = now_held
        return trace

    before = sys.gettrace()
    gc.collect()
    gc.disable()  # what other tests left behind would be cleared up, and counted, in between
    tracemalloc.start()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
        tracemalloc.stop()
        gc.enable()
    return Work(lines, allocated)
