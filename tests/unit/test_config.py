"""The configuration: where values come from, which one counts, and what an operator reads about a mistake."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Config, load_config
from bot.domain.errors import QuotaScope
from bot.domain.quotas import Window
from tests.unit.config_world import leave_everything_behind, mistakes, write


@pytest.fixture(autouse=True)
def _empty_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    leave_everything_behind(monkeypatch, tmp_path)


# ---- where values come from -----------------------------------------------------------------------------------------


def test_nothing_is_needed() -> None:
    config = load_config()
    assert config.model_dump() == Config().model_dump()
    assert config.runbase.base_url == "https://runbase.net/api/v1"
    assert config.storage.path == Path("data/easel.sqlite3")


def test_the_defaults_bound_what_the_owner_spends() -> None:
    assert load_config().quota.windows() == (
        Window(QuotaScope.MEMBER, 5, timedelta(hours=1)),
        Window(QuotaScope.MEMBER, 20, timedelta(days=1)),
        Window(QuotaScope.GLOBAL, 1000, timedelta(days=1)),
    )


def test_config_toml_is_read_where_the_bot_is_started() -> None:
    write("[queue]\nlength = 7")
    assert load_config().queue.length == 7


def test_an_empty_file_changes_nothing() -> None:
    write("")
    assert load_config().model_dump() == Config().model_dump()


def test_the_environment_names_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write("[queue]\nlength = 7")
    monkeypatch.setenv("EASEL_CONFIG", str(write("[queue]\nlength = 8", "other.toml")))
    assert load_config().queue.length == 8


def test_the_command_line_names_another_file_and_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    write("[queue]\nlength = 7")
    monkeypatch.setenv("EASEL_CONFIG", str(write("[queue]\nlength = 8", "other.toml")))
    assert load_config(write("[queue]\nlength = 9", "third.toml")).queue.length == 9


def test_an_empty_name_of_a_file_is_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EASEL_CONFIG", "")
    assert load_config().queue.length == 1000


@pytest.mark.parametrize("name", ["EASEL__QUEUE__LENGTH", "easel__queue__length"])
def test_the_environment_wins_over_the_file_one_key_at_a_time(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    write('[queue]\nlength = 7\n[runbase]\nrequests_per_10_s = 3\ngive_up_after = "1h"')
    monkeypatch.setenv(name, "8")
    monkeypatch.setenv("EASEL__RUNBASE__GIVE_UP_AFTER", "2 hours")
    config = load_config()
    assert (config.queue.length, config.runbase.requests_per_10_s) == (8, 3)
    assert config.runbase.give_up_after == timedelta(hours=2)


def test_lists_in_the_environment_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    write('[discord]\nservers = [1]\n[quota]\nserver = [{ images = 1, per = "1h" }]')
    monkeypatch.setenv("EASEL__DISCORD__SERVERS", "[81384788765712384, 2]")
    monkeypatch.setenv("EASEL__DISCORD__MESSAGE_CONTENT", "true")
    monkeypatch.setenv("EASEL__QUOTA__MEMBER", "[]")
    monkeypatch.setenv("EASEL__QUOTA__GLOBAL", '[{"images": 3, "per": "20 minutes"}]')
    config = load_config()
    assert config.discord.servers == (81384788765712384, 2)
    assert config.discord.message_content
    assert config.quota.windows() == (
        Window(QuotaScope.SERVER, 1, timedelta(hours=1)),
        Window(QuotaScope.GLOBAL, 3, timedelta(minutes=20)),
    )


def test_a_look_alike_on_this_machine_may_be_plain_http() -> None:
    write('[runbase]\nbase_url = "http://127.0.0.1:8460/api/v1/"')
    assert load_config().runbase.base_url == "http://127.0.0.1:8460/api/v1"


# ---- mistakes in a file ---------------------------------------------------------------------------------------------

SPAN = 'a span of time such as "1h", "20m", "1d" or a number of seconds'
IN_A_FILE: list[tuple[str, str, str, str]] = [
    ("dscord = 1", "dscord", "one of the sections discord, runbase, ", "an unknown one"),
    ("[dscord]", "dscord", "one of the sections discord, runbase, ", "an unknown one"),
    ("[queue]\nlenght = 5", "queue.lenght", "one of length", "an unknown key"),
    ("[quota]\neveryone = []", "quota.everyone", "one of member, server, global", "an unknown key"),
    ("queue = 5", "queue", "", "5"),
    ("[queue]\nlength = 'many'", "queue.length", "a valid integer", "'many'"),
    ("[queue]\nlength = 1.5", "queue.length", "a valid integer", "1.5"),
    ("[queue]\nlength = 0", "queue.length", "greater than or equal to 1", "0"),
    ("[queue]\nlength = [5]", "queue.length", "a valid integer", "[5]"),
    ("[runbase]\nrequests_per_10_s = 21", "runbase.requests_per_10_s", "less than or equal to 20", "21"),
    ("[runbase]\nrequests_per_10_s = 0", "runbase.requests_per_10_s", "greater than or equal to 1", "0"),
    ("[runbase]\nrequests_per_10_s = -19", "runbase.requests_per_10_s", "greater than or equal to 1", "-19"),
    ("[runbase]\nrequests_per_10_s = 1e9", "runbase.requests_per_10_s", "less than or equal to 20", "1000000000.0"),
    ("[runbase]\nrequests_per_10_s = inf", "runbase.requests_per_10_s", "a finite number", "inf"),
    ("[runbase]\nrequests_per_10_s = true", "runbase.requests_per_10_s", "a whole number", "True"),
    ("[discord]\nmessage_content = 'maybe'", "discord.message_content", "a valid boolean", "'maybe'"),
    ("[discord]\nservers = 5", "discord.servers", "a list", "5"),
    ("[discord]\nservers = ['x']", "discord.servers.0", "a valid integer", "'x'"),
    ("[discord]\nservers = [1, -1]", "discord.servers.1", "greater than 0", "-1"),
    ("[discord]\ncdn_origins = ['https://a/b']", "discord.cdn_origins.0", "an origin such as ", "'https://a/b'"),
    ("[runbase]\nmodel = 'dall-e-2'", "runbase.model", "one of openai/gpt-image-1, ", "'dall-e-2'"),
    ("[runbase]\nbase_url = 'ftp://a'", "runbase.base_url", "an http(s) URL without user name", "'ftp://a'"),
    ("[runbase]\nbase_url = 'https://a?b'", "runbase.base_url", "an http(s) URL without user name", "'https://a?b'"),
    ("[runbase]\nbase_url = 'http://a'", "runbase.base_url", "https (plain http only for this ", "'http://a'"),
    ("[runbase]\ngive_up_after = '1 eon'", "runbase.give_up_after", SPAN, "'1 eon'"),
    ("[runbase]\ngive_up_after = ''", "runbase.give_up_after", SPAN, "''"),
    ("[quota]\nmember = [{images = 1}]", "quota.member.0.per", "a value", "nothing"),
    ("[quota]\nmember = {images = 1, per = '1h'}", "quota.member", "a list", "{'images': 1, 'per': '1h'}"),
    ("[quota]\nmember = [{images = -1, per = '1h'}]", "quota.member.0.images", "greater than or equal to 0", "-1"),
    ("[quota]\nglobal = [{images = 1, per = 'x'}]", "quota.global.0.per", SPAN, "'x'"),
    (
        "[quota]\nmember = [{images = 1, per = '1h'}, {images = 2, per = '60m'}]",
        "quota.member",
        "different spans in one list",
        "[{'images': 1, 'per': '1h'}, {'images': 2",
    ),
]


@pytest.mark.parametrize(("text", "key", "expected", "found"), IN_A_FILE)
def test_a_mistake_in_the_file_is_one_line_with_key_wish_and_finding(
    text: str, key: str, expected: str, found: str
) -> None:
    (line,) = mistakes(write(text))
    assert line.startswith(f"config.toml: {key}: expected {expected}")
    assert f", found {found}" in line


def test_an_unknown_section_hides_no_other_mistake() -> None:
    lines = mistakes(write("[dscord]\n[queue]\nlength = 0"))
    assert [line.split(": expected")[0] for line in lines] == ["config.toml: dscord", "config.toml: queue.length"]


@pytest.mark.parametrize(
    "name", ["EASEL_IMAGE_FOLDER", "EASEL_LOG_FORMAT", "EASEL_PORT_9464_TCP", "EASEL_SERVICE_HOST"]
)
def test_variables_that_others_set_are_let_be(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "json")
    load_config()


def test_every_mistake_has_a_line_of_its_own() -> None:
    lines = mistakes(write("[queue]\nlength = 0\n[runbase]\nmodel = 'x'\nspeed = 1\n[discord]\nservers = ['a', 'b']"))
    assert len(lines) == 5
    assert all(line.startswith("config.toml: ") for line in lines)


# ---- mistakes in the environment ------------------------------------------------------------------------------------

IN_THE_ENVIRONMENT: list[tuple[str, str, str, str]] = [
    ("EASEL__QUE__LENGTH", "7", "EASEL__SECTION__KEY with one of the sections discord, ", "an unknown one"),
    ("EASEL__QUEUE", "7", "EASEL__SECTION__KEY with one of the sections discord, ", "an unknown one"),
    ("EASEL__QUOTA__MEMBER__0__IMAGES", "7", "EASEL__SECTION__KEY with one of ", "an unknown one"),
    ("EASEL__QUEUE_LENGTH", "7", "EASEL__QUEUE__LENGTH, with two underscores", "an unknown one"),
    ("EASEL_QUEUE_LENGTH", "7", "EASEL__QUEUE__LENGTH, with two underscores", "an unknown one"),
    ("EASEL_STORAGE__KEEP_IMAGES", "7", "EASEL__STORAGE__KEEP_IMAGES, with two underscores", "an unknown one"),
    ("EASEL_CONFG", "x.toml", "EASEL__SECTION__KEY with one of the sections discord, ", "an unknown one"),
    ("EASEL__QUEUE__LENGHT", "7", "one of length", "an unknown key"),
    ("EASEL__QUOTA__EVERYONE", "[]", "one of member, server, global", "an unknown key"),
    ("EASEL__QUEUE__LENGTH", "many", "a valid integer", "'many'"),
    ("EASEL__QUEUE__LENGTH", "", "a valid integer", "''"),
    ("EASEL__RUNBASE__GIVE_UP_AFTER", "1 eon", SPAN, "'1 eon'"),
    ("EASEL__RUNBASE__MODEL", "x", "one of openai/gpt-image-1, ", "'x'"),
    ("EASEL__DISCORD__SERVERS", "1,2", "a list as JSON", "'1,2'"),
    ("EASEL__DISCORD__SERVERS", "[1", "a list as JSON", "'[1'"),
    ("EASEL__DISCORD__SERVERS", "", "a list as JSON", "''"),
    ("EASEL__DISCORD__SERVERS", "1", "a list", "1"),
]


@pytest.mark.parametrize(("name", "value", "expected", "found"), IN_THE_ENVIRONMENT)
def test_a_mistake_in_the_environment_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str, found: str
) -> None:
    monkeypatch.setenv(name, value)
    (line,) = mistakes()
    assert line.startswith(f"{name}: expected {expected}")
    assert line.endswith(f", found {found}")


def test_a_mistake_inside_a_list_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EASEL__QUOTA__MEMBER", '[{"images": 5, "per": "1h"}, {"images": 5}]')
    assert mistakes() == ["EASEL__QUOTA__MEMBER: 1.per: expected a value, found nothing"]


# ---- files that are none --------------------------------------------------------------------------------------------


def test_a_missing_file_is_a_mistake_when_it_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "missing.toml: expected a readable TOML file, found No such file or directory"
    assert mistakes(Path("missing.toml")) == [line]
    monkeypatch.setenv("EASEL_CONFIG", "missing.toml")
    assert mistakes() == [line]


def test_a_folder_is_no_file() -> None:
    Path("config.toml").mkdir()
    assert mistakes() == ["config.toml: expected a readable TOML file, found Is a directory"]


def test_an_unreadable_file_is_said_to_be_unreadable() -> None:
    path = Path("loop.toml")
    path.symlink_to(path)  # permissions would not stop a test that runs as root
    assert mistakes(path) == ["loop.toml: expected a readable TOML file, found Too many levels of symbolic links"]


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\x00", b"SQLite format 3\x00\xff", bytes(100), "ü".encode("cp1252")]
)
def test_a_binary_file_is_not_toml(content: bytes) -> None:
    Path("config.toml").write_bytes(content)
    (line,) = mistakes()
    assert line.startswith(
        ("config.toml: expected TOML in UTF-8, found another enc", "config.toml: expected TOML, found ")
    )


@pytest.mark.parametrize("text", ["queue", "[queue", "[queue]\nlength = ", "[queue]\n[queue]", '{"queue": {}}'])
def test_a_file_that_is_no_toml_says_where(text: str) -> None:
    (line,) = mistakes(write(text))
    assert line.startswith("config.toml: expected TOML, found a mistake: ")
    assert line.endswith((")", "twice"))


def test_a_large_file_is_not_read_to_its_end() -> None:
    Path("config.toml").write_bytes(b"#" * 10_000_000)
    assert mistakes() == ["config.toml: expected a TOML file of at most 256 KiB, found more"]


# ---- what could be misread ------------------------------------------------------------------------------------------


def test_a_number_of_seconds_works_in_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EASEL__RUNBASE__GIVE_UP_AFTER", "3600")
    assert load_config().runbase.give_up_after == timedelta(hours=1)


GAPS = {
    "milliseconds become minutes": "[runbase]\nread_timeout = '500ms'",
    "OverflowError": "[runbase]\nread_timeout = '99999999999999999999d'",
    "true becomes a second": "[runbase]\nread_timeout = true",
    "true becomes 1": "[queue]\nlength = true",
    "half a second becomes 0 weeks in a sentence": "[quota]\nserver = [{images = 1, per = 0.5}]",
    "a port that cannot be": "[runbase]\nbase_url = 'https://runbase.net:99999/api'",
    "a password without a name": "[runbase]\nbase_url = 'https://:very-secret@runbase.net'",
    "a space in a host": "[runbase]\nbase_url = 'https://run base.net'",
    "RecursionError": f"a = {'[' * 2000}",
    "an empty path": "[storage]\npath = ''",
    "a path without a name": "[storage]\npath = '/'",
}


@pytest.mark.parametrize("text", GAPS.values(), ids=GAPS.keys())
def test_what_cannot_be_meant_is_a_mistake(text: str) -> None:
    (line,) = mistakes(write(text))
    assert line.startswith("config.toml: ")


MURKY = {
    "a section that is a number": ("queue = 5", "QueueConfig"),
    "a path that is a number": ("[storage]\npath = 5", "pathlib"),
    "a span too short": ("[runbase]\nread_timeout = 0", "datetime"),
    "a URL that cannot be read": ("[runbase]\nbase_url = 'https://['", "expected Invalid"),
    "an unknown key in a list": ("[quota]\nmember = [{images = 1, per = '1h', x = 1}]", "member, server, global"),
    "a URL with a password": ("[runbase]\nbase_url = 'https://me:very-secret@runbase.net'", "very-secret"),
}


@pytest.mark.parametrize(("text", "murky"), MURKY.values(), ids=MURKY.keys())
def test_a_mistake_is_told_in_an_operators_words(text: str, murky: str) -> None:
    assert murky not in "".join(mistakes(write(text)))


def test_a_file_from_an_editor_that_marks_utf_8_is_read() -> None:
    Path("config.toml").write_bytes(b"\xef\xbb\xbf[queue]\nlength = 7\n")
    assert load_config().queue.length == 7


@pytest.mark.parametrize("url", ["http://[::1]:8460/api/v1", "https://RunBase.net/api/v1"])
def test_an_address_may_be_ipv6_or_in_capitals(url: str) -> None:
    write(f"[runbase]\nbase_url = '{url}'")
    assert load_config().runbase.base_url == url


@pytest.mark.parametrize("url", ["https://forms.test/report?form=7", "https://example.org/bot#privacy"])
def test_a_link_may_lead_to_a_form_or_into_a_page(url: str) -> None:
    write(f"[about]\nreport = '{url}'")
    assert load_config().about.report == url


def test_a_password_with_an_at_sign_is_not_repeated() -> None:
    assert "secret" not in "".join(mistakes(write("[runbase]\nbase_url = 'https://me:very@secret@runbase.net'")))


def test_brackets_without_end_in_the_environment_are_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EASEL__DISCORD__SERVERS", "[" * 50_000)
    assert mistakes()[0].startswith("EASEL__DISCORD__SERVERS: expected a list as JSON")


def test_a_path_with_a_null_character_is_a_mistake() -> None:
    assert mistakes(write('[storage]\npath = "a\\u0000b"'))[0].startswith("config.toml: storage.path: ")
