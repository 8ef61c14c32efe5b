"""Log lines for people and for machines, and what must never stand in them."""

import json
import logging

import pytest

from bot.logs import JsonFormatter, TextFormatter, without_secrets


def a_record(message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("bot.services.dispatch", logging.INFO, __file__, 1, message, args, None)


def test_the_text_form_is_one_line_an_event() -> None:
    line = TextFormatter().format(a_record("run created run=%s key=%s", "abc.0", "1f"))
    assert line.endswith("INFO    bot.services.dispatch run created run=abc.0 key=1f")


def test_the_json_form_takes_the_pairs_apart() -> None:
    line = json.loads(JsonFormatter().format(a_record("run created run=%s key=%s", "abc.0", "1f")))
    assert line["event"] == "run created"
    assert (line["run"], line["key"], line["level"]) == ("abc.0", "1f", "info")


def test_the_json_form_has_counts_as_numbers_and_ids_as_text() -> None:
    record = a_record("request accepted request=%s server=%s key=%s images=%d", "12", 1574058478647902208, "0017", 2)
    line = json.loads(JsonFormatter().format(record))
    assert (line["request"], line["server"], line["key"]) == ("12", "1574058478647902208", "0017")
    assert line["images"] == 2


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("aW50ZXJhY3Rpb246", "PATCH https://discord.com/api/v10/webhooks/123/aW50ZXJhY3Rpb246/messages/1"),
        ("sk-live-123", "Authorization: Bearer sk-live-123"),
        ("deadbeef", "GET https://cdn.discordapp.com/attachments/1/2/a.png?ex=1&is=2&hm=deadbeef"),
        (
            "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GabcdE.abcdefghijklmnopqrstuvwxyz0123",
            "logging in with MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.GabcdE.abcdefghijklmnopqrstuvwxyz0123",
        ),
    ],
)
def test_secrets_do_not_reach_the_log(secret: str, message: str) -> None:
    assert secret not in without_secrets(message)
    assert secret not in TextFormatter().format(a_record(message))
    assert secret not in JsonFormatter().format(a_record(message))


def test_an_exception_is_part_of_its_line() -> None:
    try:
        raise RuntimeError("with sk-secret inside")
    except RuntimeError as error:
        record = a_record("loop failed loop=dispatch")
        record.exc_info = (RuntimeError, error, error.__traceback__)
    line = json.loads(JsonFormatter().format(record))
    assert "RuntimeError" in line["error"]
    assert "sk-secret" not in line["error"]
