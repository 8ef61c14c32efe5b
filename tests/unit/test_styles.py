"""The catalogue of styles, and finding one by what somebody typed."""

import re
import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import UnknownStyle
from bot.domain.styles import GROUPS, STYLES, Group, Style, matching_styles, named_style

MOST = 25
ALL = list(STYLES.values())
# Requests are stored with the ids of their styles: this list only grows.
PUBLISHED = set(
    """
    ghibli-watercolor loose-watercolor classical-oil impressionist gouache ink-wash pencil-sketch charcoal soft-pastel
    flat-vector storybook comic-book ligne-claire manga isometric line-art botanical-plate blueprint
    travel-poster woodblock art-deco art-nouveau swiss-poster linocut screen-print risograph pulp-cover
    cinematic-still film-35mm studio-product studio-portrait documentary golden-hour macro instant-film
    claymation soft-3d paper-cut miniature needle-felt embroidery stained-glass origami
    pixel-art anime fantasy-concept neon-noir low-poly synthwave rubber-hose
    sticker app-icon emblem seamless-pattern coloring-page
    """.split()  # noqa: SIM905 - a list of quoted words would be four times as long
)

spelled = st.sampled_from([str.lower, str.upper, str.title, str.swapcase, lambda name: name.replace(" ", "-")])


def found(typed: str) -> list[str]:
    return [style.id for style in matching_styles(typed, most=MOST)]


def meant_by(typed: str) -> Style | None:
    with suppress(UnknownStyle):
        return named_style(typed)
    return None


def near(typed: str) -> list[Style]:
    """What is offered instead of what there is not."""
    with pytest.raises(UnknownStyle) as refused:
        named_style(typed)
    assert refused.value.given == typed
    return [STYLES[style] for style in refused.value.near]


# ---- the catalogue --------------------------------------------------------------------------------------------------


def test_no_style_that_was_ever_offered_is_gone() -> None:
    assert set(STYLES) >= PUBLISHED
    assert len(STYLES) >= 30


def test_the_styles_that_runbase_recommends_are_there() -> None:
    names = {style.name for style in ALL}
    assert {"Studio Ghibli watercolor", "Vintage travel poster", "Flat vector illustration"} <= names


@pytest.mark.parametrize("style", ALL, ids=lambda style: style.id)
def test_a_style_is_a_sentence_that_leaves_room_for_a_prompt(style: Style) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", style.id)
    assert len(style.id) <= 24
    assert 15 <= len(style.words.split()) <= 40
    assert style.words[0].isupper()
    assert style.words.endswith(".")
    assert style.words.isascii()
    assert style.name[0] in string.ascii_uppercase + string.digits
    assert 1 <= len(style.suits.split(", ")) <= 4


def test_nothing_is_there_twice() -> None:
    for said in ([style.id for style in ALL], [style.name for style in ALL], [style.words for style in ALL]):
        assert len(set(said)) == len(said)


def test_every_group_offers_a_choice() -> None:
    assert list(GROUPS) == list(Group)
    assert all(len(styles) >= 3 for styles in GROUPS.values())
    assert sum(map(len, GROUPS.values())) == len(STYLES)
    assert len({group.label for group in Group}) == len(Group)


# ---- the one that is meant ------------------------------------------------------------------------------------------


@given(st.sampled_from(ALL), spelled, st.sampled_from(["", " ", "\n"]))
def test_a_style_is_known_by_id_and_name_however_they_are_written(style: Style, spell: object, space: str) -> None:
    assert callable(spell)
    assert named_style(space + spell(style.id) + space) is style
    assert named_style(space + spell(style.name) + space) is style


@pytest.mark.parametrize(
    "typed", ["Studio Ghibli Watercolour", "stúdio ghíbli watercolor", '"studio ghibli watercolor"']
)
def test_accents_quotes_and_british_spelling_do_not_matter(typed: str) -> None:
    assert named_style(typed).id == "ghibli-watercolor"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("travel poster vintage", "travel-poster"), ("watercolr loose", "loose-watercolor"), ("syntwave", "synthwave")],
)
def test_a_slip_is_answered_with_what_may_have_been_meant(typed: str, meant: str) -> None:
    assert STYLES[meant] in near(typed)


@given(st.text())
def test_anything_is_a_style_or_refused_with_styles_that_exist(typed: str) -> None:
    assert meant_by(typed) in ALL or len(near(typed)) <= 3


# ---- while somebody types -------------------------------------------------------------------------------------------


def test_without_words_every_group_is_among_the_suggestions() -> None:
    offered = matching_styles("", most=MOST)
    assert len(offered) == MOST
    assert {style.group for style in offered} == set(Group)
    assert {style.group for style in matching_styles("  ", most=len(Group))} == set(Group)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("vint", "travel-poster"),
        ("GHIBLI", "ghibli-watercolor"),
        ("watercolour", "ghibli-watercolor"),
        ("poster vintage", "travel-poster"),
        ("16-bit", "pixel-art"),
        ("tattoos", "line-art"),
        ("Ärt Déco", "art-deco"),
    ],
)
def test_what_is_typed_finds_names_groups_and_uses(typed: str, first: str) -> None:
    assert found(typed)[0] == first


def test_the_name_of_a_group_finds_all_of_it() -> None:
    assert {style.id for style in GROUPS[Group.PHOTOGRAPHY]} <= set(found("photography"))


@given(st.sampled_from(ALL), st.integers(1, 40))
def test_every_beginning_of_a_name_finds_it(style: Style, characters: int) -> None:
    assert style.id in [one.id for one in matching_styles(style.name[:characters], most=len(STYLES))]


@pytest.mark.parametrize("typed", ["zzzz", "🦊", "??!", "x" * 6000, "\x00\ud800", "'; DROP TABLE", "poster zzzz"])
def test_garbage_finds_nothing(typed: str) -> None:
    assert found(typed) == []


@given(st.text())
def test_no_more_than_asked_for_are_found_and_none_twice(typed: str) -> None:
    offered = found(typed)
    assert len(offered) <= MOST
    assert len(set(offered)) == len(offered)
