"""What single findings become for an operator: a verdict, and always a cure where one is needed."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.cli.checks.clock import clock_line
from bot.cli.checks.database import database_lines
from bot.cli.checks.libraries import library_lines
from bot.cli.checks.lines import Line, Verdict, printable, some_of
from bot.cli.checks.runbase import runbase_lines
from bot.domain.condition import DatabaseCondition, Library, Schema
from tests.contract.runbase_world import Answer, answering, client, raising
from tests.unit.emulator_world import KEY, OTHER_KEY

PLENTY = 50_000_000_000
REFUSED = b'{"error": {"message": "no", "code": "%s"}}'


def assert_cured(lines: Iterable[Line]) -> None:
    for line in lines:
        assert bool(line.cure) is (line.verdict in {Verdict.WARNING, Verdict.FAILED})


# ---- RunBase's keys -------------------------------------------------------------------------------------------------

ANSWERS: dict[str, tuple[Answer, Verdict, str]] = {
    "a run that is not there": ((404, REFUSED % b"run_not_found"), Verdict.OK, "works"),
    "a wrong key": ((401, REFUSED % b"invalid_api_key"), Verdict.FAILED, "HTTP 401, invalid_api_key"),
    "a wrong key without a word": ((401, b""), Verdict.FAILED, "refuses it (HTTP 401)"),
    "no credit": ((402, REFUSED % b"insufficient_balance"), Verdict.FAILED, "out of credit"),
    "a foreign address": ((403, REFUSED % b"ip_not_allowed"), Verdict.FAILED, "not let it in from this machine"),
    "a spend limit": ((403, REFUSED % b"api_key_spend_limit_exceeded"), Verdict.FAILED, "spend limit"),
    "a quota of the key": ((429, REFUSED % b"USAGE_EXCEEDED"), Verdict.FAILED, "quota at RunBase is used up"),
    "too many requests": ((429, REFUSED % b"RATE_LIMITED"), Verdict.WARNING, "works, but is at its limit"),
    "trouble": ((500, b"<html>"), Verdict.FAILED, "RunBase has trouble (HTTP 500)"),
    "another service": ((404, b"<html>Not Found</html>"), Verdict.FAILED, "not one of RunBase's (HTTP 404)"),
    "a redirect": ((302, b""), Verdict.FAILED, "not one of RunBase's (HTTP 302)"),
    "a web page": ((200, b"<html>"), Verdict.FAILED, "not one of RunBase's"),
    "more than a megabyte": ((200, b"x" * (1024 * 1024 + 1)), Verdict.FAILED, "not one of RunBase's"),
    "any run at all": ((200, b'{"status": "pending"}'), Verdict.FAILED, "knows a run that does not exist"),
    "a code for the terminal": ((401, b'{"error": {"code": "\\u001b[2J"}}'), Verdict.FAILED, "?[2J"),
}


@pytest.mark.parametrize(("answer", "verdict", "words"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_every_answer_of_runbase_has_its_line(answer: Answer, verdict: Verdict, words: str) -> None:
    (line,) = await runbase_lines(client(answering(*answer), KEY))
    assert (line.subject, line.verdict) == ("RunBase key 1", verdict)
    assert words in line.finding
    assert_cured([line])


SILENCES: dict[str, tuple[httpx.TransportError, str]] = {
    "connection refused": (httpx.ConnectError("refused"), "no connection"),
    "time-out while connecting": (httpx.ConnectTimeout(""), "no connection"),
    "reset": (httpx.ReadError(""), "no connection"),
    "time-out while reading": (httpx.ReadTimeout(""), "did not answer in time"),
}


@pytest.mark.parametrize(("error", "words"), SILENCES.values(), ids=SILENCES.keys())
async def test_a_runbase_that_does_not_answer_has_its_line(error: httpx.TransportError, words: str) -> None:
    (line,) = await runbase_lines(client(raising(error), KEY))
    assert line.verdict is Verdict.FAILED
    assert words in line.finding
    assert_cured([line])


async def test_keys_are_named_by_place_and_as_in_the_log() -> None:
    api = client(answering(401, REFUSED % b"invalid_api_key"), KEY, OTHER_KEY)
    lines = await runbase_lines(api)
    assert [line.subject for line in lines] == ["RunBase key 1", "RunBase key 2"]
    for line, label, secret in zip(lines, api.keys, (KEY, OTHER_KEY), strict=True):
        assert f"key={label}" in line.finding
        assert secret not in line.finding + line.cure


# ---- the database, the disk, the libraries, the clock ---------------------------------------------------------------


def a_condition(
    schema: Schema = Schema.CURRENT, *, in_use: bool = False, free_bytes: int = PLENTY, trouble: str | None = None
) -> DatabaseCondition:
    return DatabaseCondition(Path("easel.sqlite3"), schema, in_use, free_bytes, trouble)


@pytest.mark.parametrize("schema", Schema)
@pytest.mark.parametrize("trouble", [None, "disk I/O error"])
def test_every_state_of_a_database_has_its_line(schema: Schema, trouble: str | None) -> None:
    if schema in {Schema.UNKNOWN, Schema.DAMAGED} and trouble is None:
        return  # it is so because of some trouble
    line, disk = database_lines(a_condition(schema, trouble=trouble))
    is_usable = schema in {Schema.ABSENT, Schema.CURRENT, Schema.OLDER} and trouble is None
    assert line.verdict is (Verdict.OK if is_usable else Verdict.FAILED)
    assert "easel.sqlite3" in line.finding
    assert (trouble or "") in line.finding
    assert_cured([line, disk])


def test_a_damaged_database_is_cured_by_a_backup() -> None:
    line, _ = database_lines(a_condition(Schema.DAMAGED, trouble="it damaged"))
    assert "restore a backup" in line.cure


def test_a_database_that_a_running_bot_uses_is_fine() -> None:
    line, _ = database_lines(a_condition(in_use=True))
    assert line.verdict is Verdict.OK
    assert "a running bot uses it" in line.finding


@pytest.mark.parametrize(
    ("free_bytes", "verdict"),
    [
        (0, Verdict.FAILED),
        (99_999_999, Verdict.FAILED),
        (100_000_000, Verdict.WARNING),
        (999_999_999, Verdict.WARNING),
        (1_000_000_000, Verdict.OK),
    ],
)
def test_a_disk_that_runs_full_is_told_before_it_is(free_bytes: int, verdict: Verdict) -> None:
    _, disk = database_lines(a_condition(free_bytes=free_bytes))
    assert disk.verdict is verdict
    assert_cured([disk])


@pytest.mark.parametrize("missing", ["Pillow", "HEIC", "SQLite", "HarfBuzz", "fonts"])
def test_a_library_that_is_missing_is_named(missing: str) -> None:
    present, line = library_lines([Library("WebP", "1.6.0"), Library(missing, None)])
    assert (present.verdict, line.verdict) == (Verdict.OK, Verdict.FAILED)
    assert present.finding == "WebP 1.6.0"
    assert missing in line.finding
    assert_cured([present, line])


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(0, Verdict.OK), (2, Verdict.OK), (2.1, Verdict.WARNING), (60.1, Verdict.FAILED)]
)
def test_a_clock_is_held_to_two_seconds_and_to_a_minute(seconds: float, verdict: Verdict) -> None:
    for sign in (1, -1):
        line = clock_line(timedelta(seconds=seconds * sign))
        assert line.verdict is verdict
        assert_cured([line])


def test_without_a_date_the_clock_is_left_open() -> None:
    assert clock_line(None).verdict is Verdict.SKIPPED


# ---- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("character", ["\x1b", "\r", "\n", "\t", "\x9b", "\u202e", "\u2066", "\u200b"])
def test_what_strangers_named_cannot_steer_a_terminal(character: str) -> None:
    assert printable(f"a{character}b") == "a?b"


def test_long_lists_and_names_are_cut() -> None:
    assert some_of(["a", "b"]) == "a, b"
    assert some_of(map(str, range(1_007))) == "0, 1, 2, 3, 4 and 1,002 more"
    assert len(printable("x" * 1000)) == 60
