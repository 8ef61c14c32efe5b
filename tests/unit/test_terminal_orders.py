"""What is refused on the command line before anything is opened or spent, and what is understood."""

import os
from pathlib import Path

import pytest

from bot.cli.imagine.order import Link, LocalFile, NewPicture, Wish, order_of
from bot.cli.imagine.sentences import sentence
from bot.cli.imagine.targets import WrongOrder
from bot.domain.catalogue import CATALOGUE, DEFAULT_MODEL
from bot.domain.errors import PromptEmpty, PromptTooLong, Refused, TooManyReferences, UnknownAspect
from bot.domain.styles import STYLES

MODEL = CATALOGUE[DEFAULT_MODEL]
FOX = "a red fox in the snow, vintage travel poster"


@pytest.fixture(autouse=True)
def _a_folder_of_our_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def asked(
    prompt: str | None = FOX,
    *references: str,
    aspect: str | None = None,
    out: str | None = None,
    force: bool = False,
    style: str | None = None,
    is_offline: bool = False,
) -> NewPicture:
    wish = Wish(prompt, aspect, references, None if out is None else Path(out), force, style)
    wanted = order_of(wish, MODEL, is_offline=is_offline).wanted
    assert wanted is not None
    return wanted


def refused(prompt: str | None = FOX, *references: str, **options: object) -> str:
    """The line that is shown."""
    with pytest.raises((WrongOrder, Refused)) as error:
        asked(prompt, *references, **options)  # type: ignore[arg-type]
    return sentence(error.value) if isinstance(error.value, Refused) else str(error.value)


# ---- the picture ----------------------------------------------------------------------------------------------------


def test_the_words_of_the_prompt_are_the_name_unless_one_is_given() -> None:
    assert asked().target.path == Path("red-fox-in-the-snow.png")
    assert asked(out="fox.webp").target.path == Path("fox.webp")
    Path("pictures").mkdir()
    assert asked(out="pictures").target.path == Path("pictures/red-fox-in-the-snow.png")
    assert asked("狐").target.path == Path("picture.png")


@pytest.mark.parametrize("aspect", ["3:2", "3x2", "landscape", "Landscape"])
def test_an_aspect_is_a_ratio_or_its_name(aspect: str) -> None:
    assert asked(aspect=aspect).aspect == "3:2"


def test_what_the_model_does_not_offer_is_refused_with_what_it_does() -> None:
    with pytest.raises(UnknownAspect):
        asked(aspect="16:9")
    assert refused(aspect="16:9").startswith("--aspect 16:9: expected one of Square 1:1, Landscape 3:2")


def test_a_prompt_has_to_be_there_and_to_fit() -> None:
    for prompt in ("", "  \n"):
        with pytest.raises(PromptEmpty):
            asked(prompt)
    with pytest.raises(PromptTooLong):
        asked("x" * 4001)
    assert refused("x" * 4001) == "The prompt has 4,001 characters; 4,000 fit. Cut 1."


def test_without_a_prompt_there_is_nothing_to_give_options_for() -> None:
    for options in ({"aspect": "3:2"}, {"force": True}, {"style": "anime"}):
        assert refused(None, **options).startswith("Say what to make: ")
    assert refused(None, "fox.png").startswith("Say what to make: ")
    assert order_of(Wish(None, None, (), None, False), MODEL, is_offline=False).wanted is None


@pytest.mark.parametrize("style", ["travel-poster", "Vintage travel poster"])
def test_a_style_is_an_id_or_a_name(style: str) -> None:
    assert asked(style=style).style == "travel-poster"
    assert asked().style is None


def test_what_is_no_style_is_refused_with_all_there_are() -> None:
    line = refused(style="vintage poster")
    assert line.startswith("--style vintage poster: expected one of the styles, found vintage poster. Did you mean ")
    assert line.endswith(", ".join(STYLES))


def test_a_style_takes_room_from_the_prompt() -> None:
    room = 4000 - len(STYLES["anime"].words) - 2
    assert asked("x" * room, style="anime").prompt == "x" * room
    assert refused("x" * (room + 1), style="anime") == (
        f"The prompt has {room + 1:,} characters; the style adds {4000 - room:,}, so {room:,} of 4,000 fit. Cut 1."
    )


# ---- where it goes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("out", ["fox.gif", "fox", "fox.png.txt", ".png"])
def test_a_name_has_to_say_a_format_that_can_be_written(out: str) -> None:
    assert refused(out=out).startswith(f"--out {out}: expected a name that ends in .png, .webp or .jpg, found ")


def test_a_folder_has_to_be_there() -> None:
    assert refused(out="nowhere/fox.png") == (
        "--out nowhere/fox.png: expected a folder that is there, found none. Make it first: mkdir -p 'nowhere'"
    )


def test_a_folder_has_to_be_one_that_can_be_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # nothing is forbidden to root, who may run this
    Path("locked").mkdir()
    assert refused(out="locked/fox.png").startswith("--out locked/fox.png: expected a folder I can write into")


def test_what_is_there_is_not_replaced_unless_by_force() -> None:
    Path("fox.png").write_bytes(b"an older fox")
    Path("link.png").symlink_to("nothing-there.png")
    for name in ("fox.png", "link.png"):
        assert (
            refused(out=name) == f"{name}: is there already. Choose another name with --out, or replace it with --force"
        )
    assert asked(out="fox.png", force=True).target.may_replace


def test_what_is_no_file_is_never_replaced() -> None:
    os.mkfifo("pipe.png")
    assert refused(out="pipe.png", force=True) == "--out pipe.png: expected a file, found something else"


# ---- references -----------------------------------------------------------------------------------------------------


def test_references_are_files_or_https_addresses_in_their_order() -> None:
    Path("fox.png").write_bytes(b"a fox")
    addresses = ("https://example.org/fox.png?a=b", "HTTPS://example.org", "https://example.org:8443/a@b/c.png")
    assert asked(FOX, addresses[0], "fox.png", *addresses[1:]).references == (
        Link(addresses[0]),
        LocalFile("fox.png", b"a fox"),
        Link(addresses[1]),
        Link(addresses[2]),
    )
    assert [Link(one).name for one in addresses] == ["fox.png", "HTTPS://example.org", "c.png"]


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/fox.png",
        "ftp://example.org/fox.png",
        "file:///etc/passwd",
        "https://",
        "https:///fox.png",
        "https://localhost/fox.png",
        "https://me:secret@example.org/fox.png",
        "https://exa mple.org/fox.png",
        "https://example.org/fox\n.png",
        "https://[bad/fox.png",
        f"https://example.org/{'x' * 4000}.png",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    assert refused(FOX, address).endswith(": expected a file or an address that begins with https://")


def test_offline_there_is_no_web() -> None:
    assert "--offline fetches nothing from the web" in refused(FOX, "https://example.org/fox.png", is_offline=True)


def test_files_have_to_be_there_and_of_a_size() -> None:
    Path("empty.png").touch()
    with Path("huge.png").open("wb") as file:
        file.truncate(25_000_001)
    assert refused(FOX, "nowhere.png").endswith("expected a file or an https address, found no such file")
    assert refused(FOX, ".").endswith("found no such file")
    assert "found: " in refused(FOX, "fox\0.png") or "no such file" in refused(FOX, "fox\0.png")
    assert refused(FOX, "empty.png") == "empty.png is empty: it has 0 bytes."
    assert refused(FOX, "huge.png") == "huge.png is larger than 25 MB. Give a smaller version."


def test_more_references_than_the_model_takes_are_refused() -> None:
    with pytest.raises(TooManyReferences):
        asked(FOX, *["https://example.org/fox.png"] * 6)
    assert refused(FOX, *["fox.png"] * 6).startswith("5 references are the most; you gave 6.")
