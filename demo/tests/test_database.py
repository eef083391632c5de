"""What is said of a file that cannot be written, and that nothing in its place is lost."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from demo.__main__ import sync_account, sync_stand_in
from demo.database import CannotAnswer, CannotWrite, ask, refuse_unwritable, replacing
from demo.sync import SyncFailed, _reason

HOLD = "import duckdb, sys; open = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database of an earlier run, with something in it."""
    file = tmp_path / "rooms.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table kept as select 1 as one")
    return file


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """One whose output nobody reads."""
    with (tmp_path / "printed").open("w") as file:
        yield Console(file=file)


def test_given_no_file_when_asked_then_the_message_says_what_makes_it(tmp_path: Path) -> None:
    """DuckDB's own message speaks of read-only mode."""
    missing = tmp_path / "rooms.duckdb"

    with pytest.raises(CannotAnswer) as raised:
        ask(missing, "select 1")

    assert str(raised.value) == f"There is no {missing}. Run make demo first."


def test_given_a_block_that_ends_when_replacing_then_the_new_one_is_in_its_place(
    database: Path,
) -> None:
    """Whole, and without another file beside it."""
    with replacing(database) as successor, duckdb.connect(str(successor)) as connection:
        connection.execute("create table new as select 2 as two")

    assert ask(database, "show tables").rows == [("new",)]
    assert [file.name for file in database.parent.iterdir()] == ["rooms.duckdb"]


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SyncFailed])
def test_given_a_block_that_raises_when_replacing_then_the_old_one_stays(
    raised: type[BaseException], database: Path
) -> None:
    """As after Ctrl-C, or a configuration that is refused."""
    with pytest.raises(raised):
        _stopped_halfway(database, raised)

    assert ask(database, "from kept").rows == [(1,)]
    assert [file.name for file in database.parent.iterdir()] == ["rooms.duckdb"]


def test_given_a_configuration_that_is_refused_when_synced_then_the_database_is_kept(
    database: Path, console: Console
) -> None:
    """What an empty one lacks is said."""
    with pytest.raises(SyncFailed, match="start_date is required"):
        sync_account({}, database, ["rooms"], console)

    assert ask(database, "from kept").rows == [(1,)]


def test_given_a_configuration_that_is_refused_when_there_is_no_file_then_none_is_made(
    tmp_path: Path, console: Console
) -> None:
    """The next run would take it for the database of an earlier one."""
    with pytest.raises(SyncFailed):
        sync_account({}, tmp_path / "new.duckdb", ["rooms"], console)

    assert not (tmp_path / "new.duckdb").exists()


def test_given_a_file_that_another_program_has_open_then_that_is_one_sentence(
    database: Path,
) -> None:
    """It names the process, if the system tells it."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(CannotWrite) as refused:
            refuse_unwritable(database)
        other.communicate(b"\n")

    assert str(refused.value) == (
        f"{database} is open in another program (process {other.pid}). "
        "Close it there and start again."
    )


def test_given_a_folder_that_is_not_there_then_that_is_one_sentence(tmp_path: Path) -> None:
    """With the file's whole name."""
    database = tmp_path / "missing" / "rooms.duckdb"

    with pytest.raises(CannotWrite) as refused:
        refuse_unwritable(database)

    assert str(refused.value) == f"{database} cannot be written: there is no such folder."


@pytest.mark.parametrize(
    "attempt", [refuse_unwritable, lambda file: sync_stand_in(file, [], Console())]
)
def test_given_a_folder_where_nothing_may_be_written_then_that_is_one_sentence(
    attempt: Callable[[Path], None],
) -> None:
    """The kernel's own folder of processes takes no files, not even from root."""
    with pytest.raises(CannotWrite) as refused:
        attempt(Path("/proc/rooms.duckdb"))

    assert str(refused.value).startswith("/proc/rooms")
    assert "cannot be written: " in str(refused.value)
    assert "\n" not in str(refused.value)


def test_given_a_file_that_is_no_database_then_it_is_kept_and_that_is_said(tmp_path: Path) -> None:
    """It may be somebody's."""
    notes = tmp_path / "notes.duckdb"
    notes.write_text("my notes, which are longer than a header" * 1000)

    with pytest.raises(CannotWrite) as refused:
        refuse_unwritable(notes)

    assert str(refused.value) == (
        f"{notes} is not a DuckDB file. Move it away, or name another file."
    )
    assert notes.exists()


def test_given_a_full_disk_when_a_sync_fails_then_that_is_one_sentence(tmp_path: Path) -> None:
    """Whoever met it first: the system, or the database that quotes the system."""
    full = OSError(errno.ENOSPC, "No space left on device")
    wrapped = RuntimeError("130 lines")
    wrapped.__cause__ = full
    quoted = duckdb.IOException('Could not write file "x": No space left on device')

    for error in (full, wrapped, quoted):
        sentence = _reason(error, ["rooms: something else"], tmp_path / "rooms.duckdb")
        assert sentence.startswith(f"The disk is full: {tmp_path} and ")
        assert "\n" not in sentence


def _stopped_halfway(database: Path, raised: type[BaseException]) -> None:
    with replacing(database) as successor, duckdb.connect(str(successor)) as connection:
        connection.execute("create table new as select 2 as two")
        raise raised
