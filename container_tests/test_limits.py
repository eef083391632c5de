"""The limits under which commands are tested are in force, or those tests would prove nothing."""

from __future__ import annotations

from container_tests.airbyte import HARDENED, Image

TAKE = "/airbyte/venv/bin/python -c 'bytearray({mebibytes} * 2**20)'"


def exit_code(image: Image, script: str) -> int:
    container = image.client.containers.run(
        image.name, ["-c", script], entrypoint="sh", detach=True, **HARDENED
    )
    try:
        code: int = container.wait(timeout=60)["StatusCode"]
    finally:
        container.remove(force=True)
    return code


def test_given_the_limits_when_memory_is_taken_then_a_gibibyte_is_too_much(image: Image) -> None:
    assert exit_code(image, TAKE.format(mebibytes=512)) == 0
    assert exit_code(image, TAKE.format(mebibytes=1_100)) == 137  # killed


def test_given_the_limits_when_something_is_written_then_only_tmp_takes_it(image: Image) -> None:
    assert exit_code(image, "touch /tmp/here") == 0
    assert exit_code(image, "touch /airbyte/here") != 0
    assert exit_code(image, "touch /config/here") != 0
