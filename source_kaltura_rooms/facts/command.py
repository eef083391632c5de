"""`kaltura-rooms-facts`: facts as JSON on standard output, progress and a summary beside it.

There is no id, name, address or KS in either, so both can be shared.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from source_kaltura_rooms.config import Config, ConfigError, parse_config
from source_kaltura_rooms.facts.asking import MOST_REQUESTS, Asking
from source_kaltura_rooms.facts.findings import Facts, gather

MOST_DAYS = 366


def run(arguments: Sequence[str] | None = None) -> int:
    """Prints the facts of an account; returns 0, or 1 if there are none."""
    parser = argparse.ArgumentParser(
        prog="kaltura-rooms-facts",
        description="Asks Kaltura, in at most "
        f"{MOST_REQUESTS} requests that only read, what nobody outside can know about its reports, "
        "and prints facts that hold no id, name, address or secret. Please share them: they decide "
        "what the connector has to do.",
    )
    parser.add_argument(
        "--config", required=True, type=Path, help="the connector's configuration, a JSON file"
    )
    parser.add_argument(
        "--days",
        type=int,
        default=30,
        choices=range(1, MOST_DAYS + 1),
        metavar="DAYS",
        help=f"how many days the facts are about, 1 to {MOST_DAYS} (30)",
    )
    given = parser.parse_args(arguments)
    try:
        config = _config(given.config)
    except ConfigError as error:
        _say(str(error))
        return 1
    now = int(time.time())
    asking = Asking(config, _logger(), _say)
    try:
        facts = gather(asking, min(config.end or now, now), given.days)
    except Exception as error:  # its text and trace might quote what Kaltura said
        _say(
            f"The command ended with an error of its own ({type(error).__name__}). Please report "
            "it, with the version of the connector."
        )
        return 1
    if not asking.has_answered:
        if asking.first_refusal is not None:
            _say(asking.first_refusal.sentence)
        return 1
    print(json.dumps(facts, indent=2))
    _say("\n" + "\n".join(summary(facts)))
    _say(
        "\nNo id, name, address or secret is in this. Please share the JSON in an issue of the "
        "connector's repository."
    )
    return 0


def summary(facts: Facts) -> list[str]:
    """The facts in sentences, a line each."""
    lines = [f"Facts about {facts['days']} days, from {facts['requests']} requests:"]
    for stream, report in facts["reports"].items():
        lines += [f"Report {report['report']} ({stream}):", *_about_report(report)]
    sessions, outside = facts["sessions"], facts["events_outside_sessions"]
    without_length = _percent(sessions["share_whose_end_is_their_start"])
    old_without_length = _percent(sessions["share_whose_end_is_their_start_after_a_day"])
    newest, unit = sessions["hours_since_the_newest_began"], facts["analytics_unit"]["unit"]
    return [
        *lines,
        "All reports:",
        f"- values of user_type: {_words(facts['user_types'])}",
        f"- sessions: {sessions['listed']:,}, of which "
        f"{sessions['with_the_cue_point_of_another_room']:,} have the cue point of another room",
        f"- sessions whose end is their start: {without_length}, and of those that began more than "
        f"a day ago: {old_without_length}",
        f"- hours since the newest session began: {_words(newest)}",
        f"- analytics are kept by the hour or the minute: {_words(unit)}",
        "- sessions with events before their start: "
        f"{_words(outside['sessions_with_events_before_their_start'])}, "
        f"seen in {outside['hours_asked_for_before']} hours",
        "- sessions with events after their end: "
        f"{_words(outside['sessions_with_events_after_their_end'])}, "
        f"seen in {outside['hours_asked_for_after']} hours",
        f"- cue_point_ids has an effect: {_words(facts['cue_point_ids_have_effect'])}",
    ]


def _about_report(report: Facts) -> list[str]:
    refused = sorted({one["refused"] for one in report["answers"] if "refused" in one})
    seconds = [one["seconds"] for one in report["answers"] if "seconds" in one]
    lines = [f"- refusals: {', '.join(refused)}"] if refused else []
    if further := report.get("unknown_columns"):
        lines.append(f"- columns that the connector does not know: {', '.join(further)}")
    if not seconds:
        return lines
    return [
        *lines,
        f"- {len(seconds)} answers with at most {report['most_rows']:,} rows, in at most "
        f"{max(seconds):.1f} seconds",
        f"- number of rows that may be a cap: {_words(report['possible_cap'] or 'none seen')}",
        f"- rows with the key of another row: {report['rows_with_the_key_of_another']:,}",
        f"- rows without a cue point: {report['rows_without_cue_point']:,}",
        f"- excludedFields has an effect: {_words(report['excluded_columns_are_left_out'])}",
        f"- limit has an effect: {_words(report['limit_has_effect'])}",
        f"- dates have an effect: {_words(report['dates_have_effect'])}",
        f"- an empty answer is: {_words(report['empty_answer'])}",
    ]


def _words(fact: object) -> str:
    if fact is None:
        return "not found out"
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    if isinstance(fact, list):
        return ", ".join(str(one) or "blank" for one in fact)
    return str(fact)


def _percent(share: float | None) -> str:
    return "an unknown share" if share is None else f"{share:.1%}"


def _config(path: Path) -> Config:
    """Raises ConfigError if the file has no configuration that can be used."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"The configuration cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigError("The configuration is not a JSON object.") from error
    if not isinstance(content, dict):
        raise ConfigError("The configuration is not a JSON object.")
    return parse_config(content)


def _logger() -> logging.Logger:
    """What the client says goes to standard error, like the progress."""
    logger = logging.getLogger("kaltura-rooms-facts")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.handlers = [logging.StreamHandler(sys.stderr)]
    return logger


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(run())
