"""Console entry point: imports the connector without a detour of the CDK's, then lets it run.

Airbyte starts a process for each command, and most of what a small sync takes is importing the CDK.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
from collections.abc import Iterator
from typing import Any


def run() -> None:
    """Runs one command of the connector: spec, check, discover or read."""
    gc.disable()  # what is imported stays, so it need not be looked through for garbage
    with _without_reading_docstrings():
        from source_kaltura_rooms.entrypoint import main
    gc.freeze()
    gc.set_threshold(50_000)  # much is made and little of it becomes garbage
    gc.enable()
    main()


@contextlib.contextmanager
def _without_reading_docstrings() -> Iterator[None]:
    """Spares imports of the CDK what 7.39 spends more than a third of its time on.

    serpyco_rs, which makes its messages JSON, parses the source of each of their classes several
    times for descriptions of attributes. They are for JSON schemas that nobody asks for. Where it
    does not do so any more, this does nothing.
    """
    attributes_doc: Any = None
    with contextlib.suppress(ImportError):
        attributes_doc = importlib.import_module("attributes_doc")
    reading = getattr(attributes_doc, "get_attributes_doc", None)
    if reading is None:
        yield
        return
    attributes_doc.get_attributes_doc = lambda cls: {}
    try:
        yield
    finally:
        attributes_doc.get_attributes_doc = reading


if __name__ == "__main__":
    run()
