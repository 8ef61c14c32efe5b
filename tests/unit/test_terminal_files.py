"""Files that the terminal writes: whole or not at all, and never over another."""

import os
from pathlib import Path

import pytest

from bot.cli.imagine.targets import Target, put


def test_a_picture_is_written_under_its_name(tmp_path: Path) -> None:
    target = Target(tmp_path / "fox.png", "png")
    assert put(b"a fox", target) == target.path
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"fox.png": b"a fox"}


def test_names_that_are_taken_get_a_number(tmp_path: Path) -> None:
    target = Target(tmp_path / "fox.png", "png")
    (tmp_path / "fox-2.png").symlink_to("nothing-there.png")
    names = [put(content, target, taken=frozenset({tmp_path / "fox-3.png"})).name for content in (b"one", b"two")]
    assert names == ["fox.png", "fox-4.png"]


def test_the_same_picture_once_more_is_the_same_file(tmp_path: Path) -> None:
    target = Target(tmp_path / "fox.png", "png")
    assert {put(b"a fox", target) for _ in range(3)} == {target.path}
    assert [path.name for path in tmp_path.iterdir()] == ["fox.png"]


def test_where_files_cannot_be_linked_nothing_is_replaced_either(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def no_links(source: object, target: object) -> None:
        raise PermissionError("not on this file system")

    monkeypatch.setattr(os, "link", no_links)
    target = Target(tmp_path / "fox.png", "png")
    assert [put(content, target).name for content in (b"one", b"two")] == ["fox.png", "fox-2.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fox-2.png", "fox.png"]


def test_a_disk_that_fills_up_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "fox.png").write_bytes(b"an older fox")
    monkeypatch.setattr(os, "fsync", full)
    for may_replace in (False, True):
        with pytest.raises(OSError, match="No space left"):
            put(b"a fox", Target(tmp_path / "fox.png", "png", may_replace))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"fox.png": b"an older fox"}
