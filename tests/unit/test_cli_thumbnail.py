"""`thumbnail` as an operator meets it: files, one line for each, and one line for each thing that is wrong."""

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.cli.imagine.targets import WrongOrder
from bot.cli.thumbnail.order import Wish, order_of
from bot.domain.thumbnails.sizes import SIZES
from tests.unit.picture_files import file, noise
from tests.unit.test_cli import complaints, easel
from tests.unit.thumbnail_world import scene

FOX = file(scene(), "PNG")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fox.png").write_bytes(FOX)
    return tmp_path


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        picture.load()
        return picture.size


def test_one_picture_becomes_one_file_and_one_line(folder: Path) -> None:
    words = ["--headline", "The fox", "--size", "youtube", "--template", "outline", "--out", "out.png"]
    done = easel(folder, "thumbnail", "fox.png", *words)
    made = folder / "out.png"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"out.png  YouTube 1280 × 720  {made.stat().st_size:,} bytes  PNG\n"
    assert size_of(made) == (1280, 720)


def test_every_size_has_a_file_of_its_name(folder: Path) -> None:
    done = easel(folder, "thumbnail", "fox.png", "--headline", "The fox", "--size", "all")
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", len(SIZES))
    for size in SIZES.values():
        path = folder / f"fox-{size.key}.jpg"
        assert size_of(path) == size.pixels
        assert path.stat().st_size <= size.most_bytes


def test_the_picture_without_its_headline_stands_beside_the_one_with_it(folder: Path) -> None:
    words = ["--headline", "The fox", "--size", "event", "--size", "discord", "--clean", "--out", "fox.jpg"]
    done = easel(folder, "thumbnail", "fox.png", *words)
    assert [line.split("  ")[0] for line in done.stdout.splitlines()] == ["fox.jpg", "fox-clean.jpg"]
    assert (folder / "fox.jpg").read_bytes() != (folder / "fox-clean.jpg").read_bytes()


def test_a_folder_for_several_sizes_is_made(folder: Path) -> None:
    words = ["--size", "event", "--size", "square", "--out", "made/thumbnails"]
    done = easel(folder, "thumbnail", "fox.png", *words)
    assert (done.returncode, done.stderr) == (0, "")
    made = folder / "made" / "thumbnails"
    assert sorted(path.name for path in made.iterdir()) == ["fox-event.jpg", "fox-square.jpg"]


def test_without_a_headline_there_is_nothing_to_leave_out(folder: Path) -> None:
    done = easel(folder, "thumbnail", "fox.png", "--clean", "--size", "event")
    assert [path.name for path in folder.glob("*.jpg")] == ["fox-event.jpg"]
    assert done.returncode == 0


def test_a_png_that_would_be_too_large_is_a_jpeg_by_name_as_well(folder: Path) -> None:
    (folder / "noise.png").write_bytes(file(noise((1280, 720)), "PNG"))
    done = easel(folder, "thumbnail", "noise.png", "--out", "out.png")
    assert done.returncode == 0
    assert "larger than YouTube takes (2,000,000 bytes). It is a JPEG instead: out.jpg" in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["fox.png", "noise.png", "out.jpg"]


def test_what_no_font_has_is_told(folder: Path) -> None:
    done = easel(folder, "thumbnail", "fox.png", "--headline", "The fox ᚠ", "--size", "event")
    assert (done.returncode, done.stderr) == (0, "No font has ᚠ: left out of the headline.\n")


def test_a_file_that_somebody_asked_for_has_the_usual_rights(folder: Path) -> None:
    easel(folder, "thumbnail", "fox.png", "--size", "event")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((folder / "fox-event.jpg").stat().st_mode) == 0o666 & ~umask


def a_wish(**changes: Any) -> Wish:
    wish = Wish(
        Path("fox.png"),
        headline="",
        sizes=("youtube",),
        template="outline",
        accent=None,
        out=None,
        clean=False,
        force=False,
    )
    return replace(wish, **changes)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"picture": Path("nothing.png")}, "nothing.png: expected a picture, found no such file"),
        ({"picture": Path()}, ".: expected a picture, found no such file"),
        (
            {"sizes": ("youtube", "fullhd")},
            f"--size fullhd: expected one of {', '.join(SIZES)}, all, found fullhd",
        ),
        ({"template": "comic"}, "--template comic: expected one of outline, panel, band, side, found comic"),
        ({"accent": "yellow"}, "--accent yellow: expected a colour such as '#ffd400', found yellow"),
        ({"headline": "W" * 81}, "--headline: expected at most 80 characters, found 81. Cut 1"),
        ({"out": Path("fox.gif")}, "--out fox.gif: expected a name that ends in .png or .jpg, found .gif"),
        (
            {"out": Path("fox.png")},
            "fox.png: is there already. Choose another name with --out, or replace it with --force",
        ),
        (
            {"sizes": ("all",), "out": Path("out.png")},
            "--out out.png: expected a folder for several sizes, found the name of one file",
        ),
        (
            {"sizes": ("all",), "out": Path("fox.png/thumbnails")},
            "--out fox.png/thumbnails: expected a folder I can make, but I cannot write into fox.png. Choose another",
        ),
        (
            {"out": Path("no/out.png")},
            "--out no/out.png: expected a folder that is there, found none. Make it first: mkdir -p 'no'",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else ", ".join(value),
)
def test_whatever_is_wrong_with_the_order_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], complaint: str
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(WrongOrder) as refusal:
        order_of(a_wish(**changes))
    assert str(refusal.value) == complaint


@pytest.mark.parametrize(
    ("content", "words", "complaint"),
    [
        (
            b"dear diary",
            [],
            "other.png is not a picture I can read. PNG, JPEG, WebP, GIF, HEIC, AVIF, BMP and TIFF work.",
        ),
        (FOX[: len(FOX) // 2], [], "other.png is damaged or incomplete. Save it again and give that file."),
        (FOX, ["--template", "comic"], "--template comic: expected one of outline, panel, band, side, found comic"),
    ],
    ids=["no picture", "half a picture", "no template"],
)
def test_whatever_is_wrong_nothing_is_written(folder: Path, content: bytes, words: list[str], complaint: str) -> None:
    (folder / "other.png").write_bytes(content)
    done = easel(folder, "thumbnail", "other.png", "--size", "event", "--size", "square", "--out", "made", *words)
    assert (done.returncode, complaints(done)[-1]) == (2, complaint)
    assert sorted(path.name for path in folder.iterdir()) == ["fox.png", "other.png"]


def test_force_replaces_a_file(folder: Path) -> None:
    done = easel(folder, "thumbnail", "fox.png", "--out", "fox.png", "--force")
    assert done.returncode == 0
    assert size_of(folder / "fox.png") == (1280, 720)
