"""What More says: every word as it is, in the message or as a file, and nothing that others may not see."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import ChannelId, MessageId, RunId
from bot.domain.images import Image, Sight
from bot.domain.requests import Parent, Relation
from bot.services.viewing import Details
from bot.ui.details import command_of, panel_of, panel_past_filters
from tests.builders import START, a_reference, a_request, a_run, an_address

PARENT = Parent(ChannelId(20), MessageId(1), RunId("earlier.0"))


def details(
    sight: Sight = Sight.WHOLE, *, number: int = 1, count: int = 1, own: bool = True, **request: Any
) -> Details:
    run = a_run(submitted_at=START, ended_at=START + timedelta(seconds=14))
    image = Image(a_request(**request), run)
    return Details(image, sight, number, count, has_kin=False, is_own=own, is_deletable=own)


def blocks(content: str) -> list[str]:
    """What stands in code blocks, as Discord shows it."""
    return [part.removeprefix("\n").removesuffix("\n") for part in content.split("```")[1::2]]


def files(panel: Any) -> dict[str, str]:
    return {block.file_name: block.text for block in panel.files}


# The words


def test_a_short_prompt_stands_in_the_message_with_a_command_to_copy() -> None:
    panel = panel_of(details(prompt="a red fox\nin the snow", aspect="3:2"))
    assert blocks(panel.content) == [
        "a red fox\nin the snow",
        "/imagine prompt:a red fox in the snow aspect:Landscape 3:2",
    ]
    assert "sent to the model exactly as it stands here" in panel.content
    assert not panel.files


def test_what_was_really_sent_is_shown_in_full() -> None:
    panel = panel_of(details(prompt="a fox", sent_prompt="a fox\n\nPainted by hand."))
    assert blocks(panel.content)[1] == "a fox\n\nPainted by hand."
    assert "exactly as it stands" not in panel.content


def test_what_does_not_fit_becomes_files_the_longest_first() -> None:
    prompt, sent = "x" * 1200, "x" * 1200 + " and painted"
    panel = panel_of(details(prompt=prompt, sent_prompt=sent))
    assert len(panel.content) <= 2000
    assert files(panel) == {"sent.txt": sent, "command.txt": command_of(a_request(prompt=prompt))}
    assert blocks(panel.content) == [prompt]
    assert "attached as sent.txt" in panel.content


def test_the_longest_prompt_becomes_a_file() -> None:
    panel = panel_of(details(prompt="*" * 4000))
    assert files(panel)["prompt.txt"] == "*" * 4000
    assert len(panel.content) <= 2000


@pytest.mark.parametrize("prompt", ["a ``` b", "```", "a fox ````js\nalert()"])
def test_words_that_would_end_the_code_block_become_a_file_as_they_are(prompt: str) -> None:
    panel = panel_of(details(prompt=prompt))
    assert files(panel)["prompt.txt"] == prompt
    assert "`" not in panel.content


@pytest.mark.parametrize("prompt", ["`code`", "a``", "``a", "**bold** @everyone <@1> [x](https://evil.test)", "`"])
def test_words_that_cannot_end_the_code_block_stay_as_they_are(prompt: str) -> None:
    assert blocks(panel_of(details(prompt=prompt)).content)[0] == prompt


@given(st.text(st.sampled_from("`a\n *"), min_size=1, max_size=60), st.integers(1, 40))
def test_every_prompt_arrives_exactly_as_it_is(part: str, times: int) -> None:
    prompt = part * times
    panel = panel_of(details(prompt=prompt))
    assert len(panel.content) <= 2000
    assert files(panel).get("prompt.txt", "") == prompt or f"```\n{prompt}\n```" in panel.content


def test_words_that_had_their_time_are_said_to_be_gone() -> None:
    panel = panel_of(details(prompt=""))
    assert "no longer kept" in panel.content
    assert "```" not in panel.content


def test_words_that_were_not_posted_are_not_told() -> None:
    panel = panel_of(details(Sight.PICTURE, own=False, prompt="a secret", sent_prompt="a secret, painted"))
    assert "posted without its prompt" in panel.content
    assert "secret" not in panel.content
    assert not panel.files


def test_words_that_the_servers_rules_block_go_to_their_own_member_as_files_alone() -> None:
    own = panel_past_filters(details(prompt="a forbidden fox"))
    assert files(own)["prompt.txt"] == "a forbidden fox"
    others = panel_past_filters(details(prompt="a forbidden fox", own=False))
    assert not others.files
    assert "forbidden" not in own.content + others.content
    assert "rules of this server" in others.content


# Facts


def test_the_facts_stand_in_small_print() -> None:
    panel = panel_of(details(aspect="3:2", style="travel-poster", number=2, count=4))
    assert panel.content.startswith("**Picture 2 of 4**\n")
    facts = panel.content.splitlines()[-1]
    assert facts == (
        f"-# GPT Image 1 · Landscape 3:2 · Vintage travel poster · 14 s · <t:{int(START.timestamp())}:f> · for <@30>"
    )


@pytest.mark.parametrize("panel", [panel_of, panel_past_filters])
def test_under_several_it_says_which_one_its_buttons_are_about(panel: Any) -> None:
    about = "-# These buttons are about picture 2. For another, press its number first."
    assert panel(details(number=2, count=4), among_others=True).content.splitlines()[-1] == about
    assert about not in panel(details(number=2, count=4)).content


# The command


def test_a_command_says_everything_that_was_chosen() -> None:
    request = a_request(
        prompt="a fox", aspect="2:3", images=4, style="travel-poster", address=an_address(private=True), parent=None
    )
    assert command_of(request) == ("/imagine prompt:a fox aspect:Portrait 2:3 count:4 style:travel-poster private:True")


def test_an_edit_is_copied_as_one_and_says_what_to_attach() -> None:
    panel = panel_of(details(prompt="make it night", parent=PARENT, references=(a_reference(),)))
    assert blocks(panel.content)[1] == "/edit instruction:make it night aspect:Square 1:1"
    assert "image1" in panel.content


def test_a_command_says_no_number_where_it_takes_none() -> None:
    assert command_of(a_request(prompt="make it night", parent=PARENT, images=2)) == (
        "/edit instruction:make it night aspect:Square 1:1"
    )


@pytest.mark.parametrize(("relation", "button"), [(Relation.VARIATION, "Variations"), (Relation.REMAKE, "Aspect")])
def test_what_only_a_button_makes_names_the_button(relation: Relation, button: str) -> None:
    panel = panel_of(details(prompt="a fox", sent_prompt="vary: a fox", parent=replace(PARENT, relation=relation)))
    assert blocks(panel.content) == ["a fox", "vary: a fox"]
    assert f"Made with {button}" in panel.content


@pytest.mark.parametrize(("count", "words"), [(1, "its reference again"), (3, "its 3 references again")])
def test_references_have_to_be_attached_again(count: int, words: str) -> None:
    panel = panel_of(details(references=tuple(a_reference(f"{n}.png") for n in range(count))))
    assert words in panel.content
