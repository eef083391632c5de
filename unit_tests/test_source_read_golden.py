"""Each stream from its golden answer: the records that come out of a whole sync."""

from __future__ import annotations

import pytest
from requests_mock import Mocker

from source_kaltura_rooms.reports import REPORTS
from unit_tests.golden_pairs import ANSWERS, pair
from unit_tests.reading import read, serve


@pytest.mark.parametrize("stream", REPORTS)
def test_given_the_golden_answers_when_a_stream_is_read_then_these_records_come_out(
    stream: str, requests_mock: Mocker
) -> None:
    serve(requests_mock, lambda form: ANSWERS[form["id"]])

    outcome = read(stream)

    assert outcome.records(stream) == pair(stream).records
    assert outcome.statuses(stream) == ["STARTED", "RUNNING", "COMPLETE"]
    assert set(outcome.states(stream)) == {"2026-02-07T23:59:59Z"}
    assert outcome.failures == []
    assert outcome.error is None
