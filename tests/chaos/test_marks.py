"""A mark is found again in its picture, whatever Discord's limits make of that."""

import io
import random

import pytest
from PIL import Image

from tests.chaos.marks import Pictured, marks_in, new_mark, paint, pictured


def saved(content: bytes, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        picture.resize((64, 64)).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("seed", range(20))
def test_a_picture_carries_the_mark_of_its_prompt_and_its_number(seed: int) -> None:
    mark = new_mark(random.Random(seed))
    painted = paint(f"a red fox {mark} in the snow", (1024, 1024), number=seed)
    assert pictured(painted) == Pictured(mark, seed)
    assert pictured(saved(painted, "WEBP", quality=60)) == Pictured(mark, seed)
    assert pictured(saved(painted, "JPEG", quality=60)) == Pictured(mark, seed)


def test_other_pictures_and_other_files_carry_none() -> None:
    blank = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(blank, "PNG")
    assert pictured(blank.getvalue()) is None
    assert pictured(b"no picture") is None


def test_marks_are_words_of_their_own() -> None:
    assert marks_in("**A fox Z0123abcd** and a-fox-z00000001.png") == {"z0123abcd", "z00000001"}
    assert marks_in("z0123abcdef and run_z0123") == frozenset()
