"""People of another system are found again in synced tables, by pseudonyms alone.

The queries are those of docs/pseudonyms.md, as they stand there.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from integration_tests.sandbox import Sandbox, rfc3339, university

from .destination import Destination, OpenSchema
from .pyairbyte import airbyte
from .scenario import CONNECTOR, DAY, SECOND

DESTINATIONS = ("duckdb", "snowflake", "bigquery")
PAGE = (Path(__file__).parents[2] / "docs/pseudonyms.md").read_text()
SECRET = "correct horse battery staple"
START = SECOND - 2 * DAY
TITLES = {"duckdb": "DuckDB", "snowflake": "Snowflake", "bigquery": "BigQuery"}

HMACS = [
    (SECRET, "ada@uni.example", "1d33fc6c4f8965712f6cc22bd3c2c49d"),
    (SECRET, "  Ada@Uni.Example ", "1d33fc6c4f8965712f6cc22bd3c2c49d"),
    (SECRET, "řehoř@uni.example", "27ef05b6bc122993bad625006fc651e4"),
    ("Schlüssel für Ümlaute €", "ada@uni.example", "28bee74827635cfafacd21f494eb4199"),
    (16 * "k", "ada@uni.example", "9a9dc396143e5b59e65e28675c22939d"),
    (64 * "k", "ada@uni.example", "521cf30dea14fd875de1ad17181712d3"),
]
"""Secret, address and pseudonym: `printf %s ADDRESS | openssl dgst -sha256 -hmac SECRET`."""


def documented(destination: Destination, secret: str) -> str:
    """The page's query for a warehouse, with another secret."""
    [query] = re.findall(rf"^{TITLES[destination.name]}:\n\n```sql\n(.*?)```", PAGE, re.M | re.S)
    assert query.count(f"'{SECRET}'") == 1
    return str(query).replace(SECRET, secret)


def load_people(destination: Destination, emails: list[str]) -> None:
    """Makes the table that the documented query reads."""
    table = f"{destination.cache.schema_name}.lms_people"
    destination.query(f"CREATE SCHEMA IF NOT EXISTS {destination.cache.schema_name}")
    destination.query(f"DROP TABLE IF EXISTS {table}")
    destination.query(f"CREATE TABLE {table} (email {destination.types['text']})")
    rows = ", ".join(f"('{email}')" for email in emails)
    destination.query(f"INSERT INTO {table} (email) VALUES {rows}")


@pytest.mark.parametrize(("secret", "email", "pseudonym"), HMACS)
def test_given_an_address_when_the_documented_query_is_asked_then_the_pseudonym_is_this(
    warehouse: OpenSchema, secret: str, email: str, pseudonym: str
) -> None:
    destination = warehouse("people_by_hand")
    load_people(destination, [email])

    rows = destination.query_unqualified(documented(destination, secret))

    assert rows == [{"email": email, "user_email": pseudonym}]


def test_given_a_sync_with_pseudonyms_when_joined_with_an_lms_then_everybody_is_found(
    warehouse: OpenSchema,
) -> None:
    destination = warehouse("pseudonyms")
    with Sandbox(
        university(seed=1, until=SECOND, days=3, without_session=False), now=SECOND
    ) as sandbox:
        config = sandbox.config(
            start_date=rfc3339(START),
            end_date=rfc3339(SECOND),
            personal_data={"mode": "pseudonyms", "secret": SECRET},
        )
        source = airbyte.get_source(
            "source-kaltura-rooms", local_executable=CONNECTOR, config=config
        )
        destination.load(source)
        truth = sandbox.truth("attendees", START, SECOND)
    addresses = sorted({str(row["user_email"]).lower() for row in truth if row["user_email"]})
    load_people(destination, [f" {address.upper()} " for address in addresses])

    rows = destination.query_unqualified(
        f"select lower(trim(lms.email)) as email, attendees.cue_point_id, "
        f"attendees.meeting_view_time from ({documented(destination, SECRET)}) as lms "
        "inner join attendees on attendees.user_email = lms.user_email"
    )

    expected = [
        (str(row["user_email"]), str(row["cue_point_id"]), float(str(row["meeting_view_time"])))
        for row in truth
        if row["user_email"]
    ]
    assert len(addresses) > 50
    found = [
        (str(row["email"]), str(row["cue_point_id"]), float(str(row["meeting_view_time"])))
        for row in rows
    ]
    assert [row[:2] for row in sorted(found)] == [row[:2] for row in sorted(expected)]
    minutes = [row[2] for row in sorted(expected)]
    assert [row[2] for row in sorted(found)] == pytest.approx(minutes)
    stored = destination.table("attendees")
    assert {row["user_name"] for row in stored} == {None}
    clear = {str(row["user_id"]) for row in truth} - {""}
    assert not clear & {str(row["user_id"]) for row in stored}
