"""What the connector prints is what the CDK would print, message by message."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from integration_tests.connector import COMMAND, arguments, configured_catalog
from integration_tests.sandbox import Sandbox, rfc3339, university

DAY = 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z

STOCK = [
    sys.executable,
    "-c",
    "import sys; from airbyte_cdk.entrypoint import launch; "
    "from source_kaltura_rooms import SourceKalturaRooms; "
    "launch(SourceKalturaRooms(), sys.argv[1:])",
]


def printed(command: list[str]) -> list[str]:
    """The messages but logs, with the times at which they were emitted taken out."""
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.splitlines() if not line.startswith('{"type":"LOG"')]
    return [re.sub(r'"emitted_at":[0-9.]+', '"emitted_at":0', line) for line in lines]


def test_given_a_sync_when_printed_in_chunks_then_each_byte_is_that_of_the_cdks_own_path(
    tmp_path: Path,
) -> None:
    with Sandbox(university(seed=6, until=END, days=6), now=END) as sandbox:
        config = sandbox.config(
            start_date=rfc3339(END - 5 * DAY),
            end_date=rfc3339(END),
            window_in_days=1,
            num_workers=1,  # so that windows come in the same order
        )
        given = arguments("read", tmp_path, config=config, catalog=configured_catalog())

        ours = printed([*COMMAND, *given])
        stock = printed([*STOCK, *given])

    assert ours == stock
    assert sum('"type":"RECORD"' in line for line in ours) > 1_000
    assert sum('"type":"STATE"' in line for line in ours) == 3 * (5 + 1)  # and one at the end
    assert sum('"recordCount":0.0' in line for line in ours) < 3 * (5 + 1)
