"""Hostile prompts on their whole way: they ping nobody, format nothing, and reach the model as they were meant."""

import re
from collections.abc import Iterator
from pathlib import Path

from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.domain.errors import PromptEmpty, PromptTooLong
from bot.domain.gallery import Wanted
from bot.domain.ids import MemberId, ServerId
from bot.domain.images import Image
from bot.domain.pacing import PRIOR
from bot.domain.prompts import parse_prompt
from bot.domain.turns import Standing
from bot.ports import PastImage, Waiting
from bot.services.gallery import Page
from bot.services.overview import Entry, View
from bot.ui import texts
from bot.ui.pasts import page_text
from bot.ui.words import alt_text, file_name
from tests.builders import START, a_request, a_run
from tests.hostile.fortress import UNLIMITED, Fortress, open_fortress
from tests.hostile.words import NASTY, UNSEEN, is_harmless
from tests.standin.discord import Interaction, SeenMessage

MOST_CHARACTERS = 4000
OF_A_MESSAGE = 2000
OF_AN_ALT_TEXT = 1024
SAFE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.png")


def quoted(line: str) -> str:
    """The member's words in the first line of an answer."""
    quote = re.fullmatch(r"> (.*)|\*\*(.*)\*\*", line)
    assert quote is not None, line
    return quote[1] or quote[2]


def told(line: str) -> str:
    """The member's words in a line of their history."""
    return line.partition(". ")[2].partition(" · <t:")[0]


# ---- in every sentence ----------------------------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(sorted(NASTY.values())) | st.text(st.characters(exclude_categories=()), max_size=60)


def prompt_of(text: str) -> str:
    try:
        return parse_prompt(text, limit=MOST_CHARACTERS)
    except (PromptEmpty, PromptTooLong):
        assume(False)
        raise


def answers(prompt: str) -> Iterator[str]:
    """Whatever is said of a request, in the order it is said."""
    request = a_request(prompt=prompt)
    waiting = Waiting(7.0, PRIOR)
    yield texts.in_line(request, Standing(place=3, begins_at=START), PRIOR)
    yield texts.being_made(request, waiting)
    yield texts.closing(request, waiting)
    yield texts.bringing(request)
    yield texts.result(request, 14.0)
    yield texts.problem(request, ["It did not work."], names_member=False)


@given(st.lists(FRAGMENTS, min_size=1, max_size=3).map("".join))
@example("\n@everyone")
@example("*")
@example("\\")
@example("\u2067א\u2069")
def test_whatever_is_asked_for_stays_in_one_harmless_line(text: str) -> None:
    prompt = prompt_of(text)
    for answer in answers(prompt):
        first, *others = answer.splitlines()
        assert len(others) == 1
        assert len(answer) <= OF_A_MESSAGE
        assert is_harmless(quoted(first))
    past = PastImage(Image(a_request(prompt=prompt), a_run()), is_kept=False, took_quota=True)
    _, *lines = page_text(Page(Wanted(ServerId(10), MemberId(30)), (past,) * 6, 0, has_older=False)).splitlines()
    assert len(lines) == 6
    assert len("\n".join(lines)) < OF_A_MESSAGE
    assert is_harmless(told(lines[0]))
    request = a_request(prompt=prompt)
    view = View((Entry(request, 2, START),) * 10, being_made=0, waiting=10)
    _, *lines = texts.queue(view, request.address.member_id, None, START).splitlines()
    assert len(lines) == 10
    assert is_harmless(lines[0].removeprefix("- **yours** · ").removesuffix(" · 2nd in line · any moment"))


@given(st.lists(FRAGMENTS, min_size=1, max_size=3).map("".join))
def test_whatever_is_asked_for_names_and_describes_a_file(text: str) -> None:
    prompt = prompt_of(text)
    assert SAFE_NAME.fullmatch(file_name(prompt, "png"))
    words = alt_text(f"Edit: {prompt}")
    assert len(words) <= OF_AN_ALT_TEXT
    assert len(words.splitlines()) == 1
    assert not UNSEEN.search(words)


# ---- from the command to the picture --------------------------------------------------------------------------------


async def ask_for_all(fortress: Fortress, prompts: list[str]) -> list[Interaction]:
    return [await fortress.house.imagine(prompt) for prompt in prompts]


def prompts_at(fortress: Fortress) -> list[str]:
    """With mentions of somebody, some role and some channel that there are."""
    house = fortress.house
    role = house.standin.new_role(house.server, "moderators", mentionable=True)
    there = {"{member}": fortress.bob.id, "{role}": role.id, "{channel}": house.channel.id}
    prompts = []
    for prompt in NASTY.values():
        for name, identity in there.items():
            prompt = prompt.replace(name, str(identity))
        prompts.append(prompt)
    return prompts


def shown(fortress: Fortress) -> list[SeenMessage]:
    """Every version of every message the bot ever showed."""
    return [sighting.message for sighting in fortress.house.standin.sightings]


async def test_hostile_prompts_reach_the_model_as_meant_and_nobody_is_harmed_on_the_way(tmp_path: Path) -> None:
    async with open_fortress(tmp_path, **UNLIMITED) as fortress:
        house = fortress.house
        prompts = prompts_at(fortress)
        asked = await ask_for_all(fortress, prompts)
        for one in asked:
            await house.picture(one)
        history = await (await house.standin.slash(house.alice, house.channel, "history")).answered_within()

        meant = [parse_prompt(prompt, limit=MOST_CHARACTERS) for prompt in prompts]
        assert sorted(run.prompt for run in house.emulator.runs) == sorted(meant)
        assert {len(message.pinged) for message in shown(fortress)} == {0}
        assert history.message is not None
        for message in shown(fortress):
            if message.ephemeral_to is not None or not message.content:
                continue  # the history, and the hint to who wrote a very long prompt
            assert is_harmless(quoted(message.content.splitlines()[0]))
        for one, prompt in zip(asked, meant, strict=True):
            assert one.message is not None
            (picture,) = one.message.attachments
            assert SAFE_NAME.fullmatch(picture.filename)
            assert picture.description == alt_text(prompt)
        assert all(is_harmless(told(line)) for line in history.message.content.splitlines()[1:])
        await fortress.ends_calmly()
