"""Files that a person wrote or broke by hand: one sentence says which and what was expected."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteStateMessageSerializer, FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from requests_mock import Mocker

from source_kaltura_rooms import SourceKalturaRooms
from unit_tests.stand_ins import FORM

CONFIG = "The configuration in {} is not a JSON object."
CATALOG = (
    "The catalog in {} is not a configured catalog of Airbyte's, whose streams have a stream, a "
    "sync_mode and a destination_sync_mode each. What discover prints lacks the two modes; "
    "tools/configured_catalog.py in the connector's repository adds them."
)
STATE = "The state in {} is not a list of Airbyte's state messages."


@pytest.mark.parametrize(
    ("read", "content", "sentence"),
    [
        (SourceKalturaRooms.read_config, "{bad", CONFIG),
        (SourceKalturaRooms.read_config, "[1]", CONFIG),
        (SourceKalturaRooms.read_catalog, '{"streams": [{"stream": "rooms"}]}', CATALOG),
        (SourceKalturaRooms.read_catalog, "[]", CATALOG),
        (SourceKalturaRooms.read_catalog, '{"streams": [{"name": "rooms"}]}', CATALOG),
        (SourceKalturaRooms.read_catalog, '{"type": "CATALOG", "catalog": {}}', CATALOG),
        (SourceKalturaRooms.read_catalog, '{"type": "LOG"}\n{"type": "CATALOG"}', CATALOG),
        (SourceKalturaRooms.read_state, "{bad", STATE),
        (SourceKalturaRooms.read_state, "5", STATE),
        (SourceKalturaRooms.read_state, "[5]", STATE),
        (SourceKalturaRooms.read_state, '{"rooms": {"session_start_time": "x"}}', STATE),
        (SourceKalturaRooms.read_state, '[{"type": "STREAM"}]', STATE),
    ],
)
def test_given_a_broken_file_when_read_then_one_sentence_tells_what_it_should_be(
    read: Callable[[str], Any], content: str, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "file.json"
    path.write_text(content)

    with pytest.raises(AirbyteTracedException) as raised:
        read(str(path))

    assert raised.value.message == sentence.format(path)
    assert raised.value.failure_type is FailureType.config_error


READERS = pytest.mark.parametrize(
    ("read", "what"),
    [
        (SourceKalturaRooms.read_config, "configuration"),
        (SourceKalturaRooms.read_catalog, "catalog"),
        (SourceKalturaRooms.read_state, "state"),
    ],
    ids=["configuration", "catalog", "state"],
)


@READERS
def test_given_a_file_that_cannot_be_read_when_read_then_the_sentence_says_why(
    read: Callable[[str], Any], what: str, tmp_path: Path
) -> None:
    for path, reason in [
        (tmp_path / "none.json", "No such file or directory"),
        (tmp_path, "Is a directory"),
    ]:
        with pytest.raises(AirbyteTracedException) as raised:
            read(str(path))
        assert raised.value.message == f"The {what} in {path} cannot be read: {reason}."
        assert raised.value.failure_type is FailureType.config_error


@READERS
def test_given_a_file_that_others_may_not_read_when_read_then_the_sentence_says_so(
    read: Callable[[str], Any], what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system answers to everybody but the owner and root, who may run the tests."""
    path = tmp_path / "file.json"

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)

    with pytest.raises(AirbyteTracedException) as raised:
        read(str(path))

    assert raised.value.message == f"The {what} in {path} cannot be read: Permission denied."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("read", "content"),
    [
        (SourceKalturaRooms.read_config, '{"start_date": "Zoë"}'),
        (SourceKalturaRooms.read_catalog, '{"streams": []}'),
        (
            SourceKalturaRooms.read_state,
            '[{"type": "STREAM", "stream": {"stream_descriptor": {"name": "Zoë"}}}]',
        ),
    ],
    ids=["configuration", "catalog", "state"],
)
def test_given_a_file_as_windows_writes_it_when_read_then_it_is_as_any_other(
    read: Callable[[str], Any], content: str, encoding: str, tmp_path: Path
) -> None:
    """PowerShell begins files with a byte order mark, and may write UTF-16."""
    plain, path = tmp_path / "plain.json", tmp_path / "file.json"
    plain.write_bytes(content.encode())
    path.write_bytes(content.encode(encoding))

    assert read(str(path)) == read(str(plain))


@pytest.mark.parametrize("path", ["", None])
def test_given_no_path_of_a_state_when_read_then_there_is_none(path: str) -> None:
    """The CDK passes None if the argument is not given."""
    assert SourceKalturaRooms.read_state(path) == []


def test_given_a_configuration_when_the_command_starts_then_no_copy_of_its_secrets_is_written(
    tmp_path: Path,
) -> None:
    assert SourceKalturaRooms().configure(FORM, str(tmp_path)) == FORM
    assert list(tmp_path.iterdir()) == []


def test_given_a_state_of_another_connectors_stream_when_read_then_it_is_ignored_with_a_warning(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    orders = {"stream_descriptor": {"name": "orders"}, "stream_state": {"updated_at": "2026"}}
    state = [AirbyteStateMessageSerializer.load({"type": "STREAM", "stream": orders})]
    catalog = SourceKalturaRooms.read_catalog(str(Path(__file__).parent / "golden/no_streams.json"))

    messages = list(SourceKalturaRooms().read(logger, FORM, catalog, state))

    assert messages == []
    warnings = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert "The state of orders is ignored: this source has no such stream." in warnings
