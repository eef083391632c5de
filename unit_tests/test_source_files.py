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
CATALOG = "The catalog in {} is not a configured catalog of Airbyte's."
STATE = "The state in {} is not a list of Airbyte's state messages."


@pytest.mark.parametrize(
    ("read", "content", "sentence"),
    [
        (SourceKalturaRooms.read_config, "{bad", CONFIG),
        (SourceKalturaRooms.read_config, "[1]", CONFIG),
        (SourceKalturaRooms.read_catalog, '{"streams": [{"stream": "rooms"}]}', CATALOG),
        (SourceKalturaRooms.read_catalog, "[]", CATALOG),
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


def test_given_no_file_when_read_then_the_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(AirbyteTracedException) as raised:
        SourceKalturaRooms.read_state(str(tmp_path / "none.json"))

    assert raised.value.message == f"The state in {tmp_path / 'none.json'} cannot be read."


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
