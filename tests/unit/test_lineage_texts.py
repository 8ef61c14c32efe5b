"""How a lineage reads, and what a report tells the moderators."""

import re
from dataclasses import replace
from typing import Any

from bot.domain.ids import ChannelId, MemberId, MessageId, RunId, ServerId
from bot.domain.images import Image, Post
from bot.domain.lineage import Fate, Kin, Relative
from bot.domain.requests import Parent, Relation, Spot
from bot.ports import Report
from bot.ui.lineage import how_made, lineage_alt, lineage_text
from bot.ui.moderators import report_text
from tests.builders import START, a_reference, a_request, a_run, an_address

SERVER = ServerId(10)
SPOT = Spot(ChannelId(20), MessageId(900))
LINK = "[picture](<https://discord.com/channels/10/20/900>)"
PARENT = Parent(ChannelId(20), MessageId(1), RunId("earlier.0"))
LOUD = re.compile(r"(?<!\\)(?:@everyone|<@1>|\*\*bold|\]\(https://evil)")
HOSTILE = "**bold** @everyone <@1>\n# [x](https://evil.test) \u202e"


def an_image(prompt: str = "a fox", **changes: Any) -> Image:
    run = changes.pop("run", a_run(spot=SPOT))
    return Image(a_request(prompt=prompt, **changes), run)


def shown(prompt: str = "a fox", fate: Fate = Fate.THERE, **changes: Any) -> Relative:
    spot = SPOT if fate is Fate.THERE else None
    return Relative(fate, an_image(prompt, **changes), spot, is_quoted=True)


def lines(kin: Kin, **options: Any) -> list[str]:
    return lineage_text(kin, SERVER, **options).splitlines()


def test_a_lineage_reads_from_the_first_words_to_what_was_made_in_the_end() -> None:
    kin = Kin((shown("a fox"),), shown("make it night", parent=PARENT), (shown("add a hat", parent=PARENT),))
    assert lines(kin) == [
        "**Lineage**",
        f"1. a fox · from words · {LINK}",
        f"2. **this picture** · make it night · edit · {LINK}",
        "-# made of it",
        f"3. add a hat · edit · {LINK}",
    ]


def test_what_is_cut_is_said() -> None:
    kin = Kin((shown(),), shown(), (shown(),), has_earlier=True, has_more_children=True)
    assert lines(kin)[1] == "-# there are earlier ones"
    assert lines(kin)[-1] == "-# and more were made of it"


def test_every_fate_is_said_in_words() -> None:
    ancestors = (
        Relative(Fate.OUTSIDE, spot=SPOT),
        Relative(Fate.DELETED),
        Relative(Fate.FORGOTTEN),
        Relative(Fate.HIDDEN),
        Relative(Fate.CLOSED),
        shown("a fox", Fate.DELETED),
        shown(""),
        replace(shown("a secret"), is_quoted=False),
    )
    assert lines(Kin(ancestors, shown(), ()))[1:-1] == [
        f"1. a picture that was there before · {LINK}",
        "2. a picture that was there before · deleted",
        "3. no longer remembered",
        "4. private",
        "5. not shown here",
        "6. a fox · from words · deleted",
        f"7. (words deleted) · from words · {LINK}",
        f"8. (words not shown) · from words · {LINK}",
    ]


def test_each_way_of_making_has_its_words() -> None:
    made = [
        a_request(),
        a_request(references=(a_reference(),)),
        a_request(references=(a_reference(), a_reference("hat.png"))),
        a_request(parent=PARENT),
        a_request(parent=replace(PARENT, relation=Relation.VARIATION)),
        a_request(parent=replace(PARENT, relation=Relation.REMAKE), aspect="3:2"),
    ]
    assert list(map(how_made, made)) == [
        "from words",
        "from 1 reference",
        "from 2 references",
        "edit",
        "variation",
        "remade in Landscape 3:2",
    ]


def test_the_longest_lineage_fits_into_a_message_and_its_alt_text_into_1024_characters() -> None:
    long = shown("*_~`|" * 700, parent=replace(PARENT, relation=Relation.REMAKE))
    kin = Kin((long,) * 9, long, (long,) * 4, has_earlier=True, has_more_children=True)
    assert len(lineage_text(kin, SERVER)) <= 2000
    assert len(lineage_alt(kin)) <= 1024


def test_prompts_format_and_mention_nothing() -> None:
    text = lineage_text(Kin((), shown(HOSTILE), ()), SERVER)
    assert "\\*\\*bold\\*\\*" in text
    assert not LOUD.search(text)
    assert "\u202e" not in text


def test_without_words_only_the_ways_are_told() -> None:
    text = lineage_text(Kin((shown("a forbidden fox"),), shown("a forbidden hare"), ()), SERVER, is_quoted=False)
    assert "forbidden" not in text
    assert "1. from words" in text


def test_the_strip_is_told_to_those_who_cannot_see_it() -> None:
    kin = Kin((Relative(Fate.HIDDEN), Relative(Fate.CLOSED), shown("a fox\nat night")), shown("add a hat"), ())
    assert lineage_alt(kin) == "Lineage: 1 private; 2 not shown; 3 a fox at night; 4 add a hat"


# Reports


def a_report(image: Image, *, is_quoted: bool = True) -> Report:
    return Report(image, MemberId(31), is_quoted)


def test_a_report_links_the_picture_and_names_reporter_and_member() -> None:
    image = an_image("a red fox")
    text = report_text(a_report(image), "The Studio")
    assert text.splitlines() == [
        "**A picture was reported** · https://discord.com/channels/10/20/900",
        "> a red fox",
        f"-# Reported by <@31> (`31`) · made for <@30> (`30`) · The Studio (`10`) · `{image.id}`",
    ]


def test_a_report_repeats_nothing_that_formats_or_mentions() -> None:
    text = report_text(a_report(an_image(HOSTILE * 50)), HOSTILE)
    assert len(text) <= 2000
    assert len(text.splitlines()) == 3
    assert not LOUD.search(text)


def test_a_report_of_a_private_picture_has_no_link() -> None:
    text = report_text(a_report(an_image(address=an_address(private=True))), "")
    assert "it was shown to its member alone" in text
    assert "https://" not in text


def test_words_that_were_not_posted_do_not_stand_in_the_report() -> None:
    run = a_run(spot=SPOT)
    post = Post(run.id, ChannelId(21), MessageId(5), None, shows_prompt=False, posted_at=START)
    image = replace(an_image("a secret", address=an_address(private=True), run=run), post=post)
    text = report_text(a_report(image, is_quoted=False), "")
    assert "secret" not in text
    assert "https://discord.com/channels/10/21/5" in text
