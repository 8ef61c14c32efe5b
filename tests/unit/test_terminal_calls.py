"""Calls of `imagine` from the first to the last line: what is on the screen, on disk, in the ledger and on the bill."""

import io
import sqlite3
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from bot.config.models import Allowance, QuotaConfig
from bot.preview.emulator import Fault, Place
from tests.unit import terminal_world
from tests.unit.emulator_world import picture
from tests.unit.terminal_world import KEY, PROMPT, TerminalWorld

world = terminal_world.world
PRICE = Decimal("0.05")
PAID = "Stopped. The picture is paid for and being made: the next `imagine` fetches it."


def rows(world: TerminalWorld, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(world.folder / "data/easel.sqlite3")) as database:
        return database.execute(sql).fetchall()


def pictures(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}


def seen(path: Path) -> tuple[str | None, tuple[int, int]]:
    with Image.open(path) as opened:
        opened.load()
        return opened.format, opened.size


# ---- a picture ------------------------------------------------------------------------------------------------------


async def test_a_picture_is_a_file_named_by_its_prompt_and_a_line_of_facts(world: TerminalWorld) -> None:
    told = await world.imagine(aspect="3:2")
    path = world.folder / "red-fox-in-the-snow.png"
    (result,) = told.results
    facts = result.split("  ")
    # On a machine that is busy with other things a second line may say that it is slower than usual.
    assert (told.code, told.lines[0]) == (0, f"{PROMPT}: being made, usually 12–20 s")
    assert (facts[:2], facts[3:]) == ([str(path), "1536×1024"], ["$0.05"])
    assert seen(path) == ("PNG", (1536, 1024))
    assert world.spent == PRICE


async def test_it_stands_in_the_ledger_as_the_terminals_and_counts_for_everybody(world: TerminalWorld) -> None:
    await world.imagine()
    assert rows(world, "SELECT server_id, channel_id, member_id, token FROM requests") == [(0, 0, 0, None)]
    assert rows(world, "SELECT state FROM runs") == [("delivered",)]
    assert rows(world, "SELECT server_id, member_id, state FROM takes") == [(0, 0, "spent")]


@pytest.mark.parametrize(("name", "kind"), [("fox.webp", "WEBP"), ("fox.jpg", "JPEG"), ("FOX.JPEG", "JPEG")])
async def test_the_name_says_the_format(world: TerminalWorld, name: str, kind: str) -> None:
    await world.imagine(out=world.folder / name)
    assert seen(world.folder / name) == (kind, (1024, 1024))
    assert pictures(world.folder) == {name}


async def test_whoever_was_faster_keeps_the_name_and_nothing_paid_for_is_lost(world: TerminalWorld) -> None:
    out = world.folder / "fox.png"

    def somebody_is_faster() -> bool:
        if world.emulator.runs:
            out.write_bytes(b"somebody else's")
        return False

    told = await world.imagine(out=out, until=somebody_is_faster)
    assert told.results[0].startswith(str(world.folder / "fox-2.png"))
    assert out.read_bytes() == b"somebody else's"


async def test_force_replaces(world: TerminalWorld) -> None:
    out = world.folder / "fox.png"
    out.write_bytes(b"an older fox")
    told = await world.imagine(out=out, force=True)
    assert told.code == 0
    assert seen(out) == ("PNG", (1024, 1024))
    assert pictures(world.folder) == {"fox.png"}


async def test_offline_nothing_was_paid(world: TerminalWorld) -> None:
    told = await world.imagine(is_offline=True)
    assert told.results[0].endswith("  nothing paid")


# ---- references -----------------------------------------------------------------------------------------------------


def a_file(world: TerminalWorld, name: str, kind: str = "PNG", colour: str = "red") -> str:
    path = world.folder / "data" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(picture(colour, (60, 40), kind))
    return str(path)


async def test_files_go_with_the_request_where_that_is_taken(tmp_path: Path) -> None:
    world = TerminalWorld(tmp_path, takes_data_uris=True)
    told = await world.imagine(
        references=(a_file(world, "a.png"), a_file(world, "b.bmp", "BMP", "blue"), a_file(world, "a.png"))
    )
    assert told.code == 0
    assert told.lines[0].startswith("Used a.png, b.bmp (converted)")
    assert told.lines[0].endswith("; left out a.png: the same as another")
    (run,) = world.emulator.runs
    assert [Image.open(io.BytesIO(one)).size for one in run.references] == [(60, 40), (60, 40)]
    assert all("data:" not in str(url) for url in rows(world, "SELECT url FROM request_references"))


async def test_where_files_are_not_taken_nothing_is_charged_and_the_way_out_is_told(world: TerminalWorld) -> None:
    told = await world.imagine(references=(a_file(world, "a.png"),))
    assert told.code == 1
    assert "Nothing was paid." in told.lines[-1]
    assert "https address" in told.lines[-1]
    assert world.spent == 0
    assert not pictures(world.folder)
    assert rows(world, "SELECT state FROM takes") == [("given_back",)]


async def test_addresses_go_as_they_are_and_are_not_looked_at(world: TerminalWorld) -> None:
    world.emulator.faults.set(Place.CREATE, Fault.ERROR_BEFORE)
    addresses = ("https://example.org/a fox.png?signature=1".replace(" ", "%20"), "https://example.org/owl.jpg")
    await world.imagine(references=(*addresses, addresses[0]))
    assert rows(world, "SELECT url FROM request_references ORDER BY number") == [(one,) for one in addresses]


async def test_what_is_no_picture_is_refused_before_anything_is_spent(world: TerminalWorld) -> None:
    notes = world.folder / "notes.txt"
    notes.write_text("Dear diary")
    told = await world.imagine(references=(str(notes),))
    assert told.code == 2
    assert told.lines[0].startswith("notes.txt is not a picture I can read.")
    assert world.posts == 0


# ---- why there is none ----------------------------------------------------------------------------------------------


async def test_a_declined_prompt_costs_nothing_and_leaves_nothing(world: TerminalWorld) -> None:
    told = await world.imagine("unsafe-preview")
    assert told.code == 1
    assert told.lines[-1].startswith("The image model declined this prompt under its safety rules. It costs nothing")
    assert world.spent == 0
    assert not pictures(world.folder)


async def test_an_account_without_credit_says_so(tmp_path: Path) -> None:
    world = TerminalWorld(tmp_path, balance=Decimal("0.04"))
    told = await world.imagine()
    assert told.code == 1
    assert told.lines[-1].startswith("RunBase takes none of the keys")


async def test_a_lost_answer_is_never_sent_again(world: TerminalWorld) -> None:
    world.emulator.faults.set(Place.CREATE, Fault.RESET_AFTER)
    told = await world.imagine()
    assert told.code == 1
    assert "I will not send it twice" in told.lines[-1]
    assert world.posts == 1
    assert (await world.imagine(None)).code == 2
    assert world.posts == 1


async def test_of_the_limits_only_the_one_for_everybody_counts(tmp_path: Path) -> None:
    none_for_members = QuotaConfig.model_validate(
        {"member": [{"images": 0, "per": "1h"}], "server": [{"images": 0, "per": "1h"}], "global": [one_an_hour()]}
    )
    world = TerminalWorld(tmp_path, config={"quota": none_for_members})
    assert (await world.imagine()).code == 0
    told = await world.imagine("an owl")
    assert told.code == 1
    assert told.lines[0].startswith("1 of 1 pictures were made in the last hour, by everybody together (quota.global).")
    assert world.posts == 1
    world.pass_time(minutes=60)
    assert (await world.imagine("an owl")).code == 0


def one_an_hour() -> Allowance:
    return Allowance(images=1, per=timedelta(hours=1))


async def test_a_folder_that_is_gone_keeps_the_picture_for_the_next_call(world: TerminalWorld) -> None:
    away, back = world.folder / "pictures", world.folder / "other"
    away.mkdir()

    def somebody_removes_it() -> bool:
        if world.emulator.runs and away.exists():
            away.rmdir()
        return False

    told = await world.imagine(out=away, until=somebody_removes_it)
    assert told.code == 1
    assert "The picture is kept" in told.lines[-1]
    back.mkdir()
    assert (await world.imagine(None, out=back)).code == 0
    assert pictures(back) == {"red-fox-in-the-snow.png"}
    assert world.posts == 1


# ---- interrupted ----------------------------------------------------------------------------------------------------


async def test_what_was_interrupted_is_fetched_by_the_next_call_and_paid_for_once(world: TerminalWorld) -> None:
    stopped = await world.imagine(until=world.is_being_made)
    assert (stopped.code, stopped.lines[-1]) == (130, PAID)
    fetched = await world.imagine(None)
    assert (fetched.code, len(fetched.results)) == (0, 1)
    assert pictures(world.folder) == {"red-fox-in-the-snow.png"}
    assert (world.posts, world.spent) == (1, PRICE)


async def test_asking_for_the_same_again_brings_both_and_the_new_one_keeps_its_name(world: TerminalWorld) -> None:
    await world.imagine(until=world.is_being_made)
    world.pass_time(minutes=2)
    told = await world.imagine()
    assert told.code == 0
    assert [line.split("  ")[0] for line in told.results] == [str(world.folder / "red-fox-in-the-snow.png")]
    assert any(line.startswith(f"An earlier call asked for “{PROMPT}”: here it is: ") for line in told.lines)
    assert pictures(world.folder) == {"red-fox-in-the-snow.png", "red-fox-in-the-snow-2.png"}
    assert (world.posts, world.spent) == (2, 2 * PRICE)


async def test_a_new_picture_is_not_kept_waiting_for_an_old_one_that_never_ends(world: TerminalWorld) -> None:
    world.emulator.faults.set(Place.CREATE, Fault.NEVER_ENDING, times=1)
    await world.imagine(until=world.is_being_made)
    world.pass_time(minutes=2)
    told = await world.imagine("an owl")
    assert told.code == 0
    assert told.lines[-1] == "A picture of an earlier call is still being made. The next `imagine` looks again."


async def test_a_picture_that_was_given_up_is_fetched_when_it_comes_after_all(tmp_path: Path) -> None:
    world = TerminalWorld(tmp_path, give_up_after=timedelta(minutes=1))
    world.emulator.faults.set(Place.READ, Fault.ERROR_BEFORE)
    told = await world.imagine()
    assert told.code == 1
    assert "paid for and did not arrive in time" in told.lines[-1]
    world.emulator.faults.set(Place.READ, None)
    assert (await world.imagine(None)).code == 0
    assert pictures(world.folder) == {"red-fox-in-the-snow.png"}
    assert world.posts == 1


async def test_what_was_not_sent_is_not_sent_later(world: TerminalWorld) -> None:
    world.emulator.refuse_key(KEY, "RATE_LIMITED")
    stopped = await world.imagine(until=lambda: world.posts > 0)
    assert stopped.lines[-1].startswith("This was interrupted before it was sent. Nothing was paid.")
    world.emulator.refuse_key(KEY, None)
    sent = world.posts
    assert (await world.imagine(None)).code == 2
    assert world.posts == sent
    assert world.spent == 0
    assert rows(world, "SELECT state FROM takes") == [("given_back",)]


async def test_what_a_crash_kept_from_being_sent_is_told_and_not_sent_later(world: TerminalWorld) -> None:
    world.emulator.refuse_key(KEY, "RATE_LIMITED")
    await world.crash(when=lambda: world.posts > 0)
    world.emulator.refuse_key(KEY, None)
    sent = world.posts
    told = await world.imagine(None)
    assert told.code == 1
    assert told.lines == [
        f"An earlier call asked for “{PROMPT}”: This was interrupted before it was sent. Nothing was paid. "
        "Ask again if you want it."
    ]
    assert world.posts == sent
    assert rows(world, "SELECT state FROM takes") == [("given_back",)]


async def test_a_crash_while_it_was_being_made_loses_nothing(world: TerminalWorld) -> None:
    await world.crash(when=world.is_being_made)
    assert (await world.imagine(None)).code == 0
    assert pictures(world.folder) == {"red-fox-in-the-snow.png"}
    assert world.posts == 1


async def test_nothing_under_way_is_told_with_what_to_do(world: TerminalWorld) -> None:
    told = await world.imagine(None)
    assert told.code == 2
    assert told.lines == ['Nothing is under way. Say what to make: imagine "a red fox in the snow"']
