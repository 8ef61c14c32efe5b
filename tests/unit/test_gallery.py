"""Leafing through all that was asked for: which page, whose pictures, and what each of them shows."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.gallery import PER_PAGE, Whose, searchable
from bot.domain.ids import ChannelId, RunId
from bot.domain.images import Viewer
from bot.domain.posting import NotModerator
from bot.services.gallery import Gallery, Page
from bot.services.sheets import Frame, Sheets
from tests.builders import a_picture
from tests.fakes import FakeImaging, MemoryGalleryStore
from tests.unit.shown_world import ALICE, BOB, ELSEWHERE, HERE, ShownWorld, seen_by

MODERATOR = seen_by(ALICE, moderated=frozenset({HERE, ELSEWHERE}))


class House(ShownWorld):
    def __init__(self) -> None:
        super().__init__()
        store = MemoryGalleryStore(self.ledger)
        self.gallery = Gallery(files=self.files, gallery=store, imaging=FakeImaging())

    async def page(
        self, viewer: Viewer = MODERATOR, *, whose: Whose = Whose.MINE, search: str = "", number: int = 0
    ) -> Page:
        return await self.gallery.page(viewer, HERE, whose=whose, search=search, number=number)

    async def server(self, viewer: Viewer = MODERATOR) -> list[RunId]:
        return runs_of(await self.page(viewer, whose=Whose.SERVER))


def runs_of(page: Page) -> list[RunId]:
    return [past.image.id for past in page.pasts]


# ---- pages ----------------------------------------------------------------------------------------------------------


async def test_pages_follow_each_other_to_the_end() -> None:
    house = House()
    runs = [await house.picture() for _ in range(2 * PER_PAGE + 1)][::-1]
    pages = [await house.page(number=number) for number in range(3)]
    assert [run for page in pages for run in runs_of(page)] == runs
    assert [page.has_older for page in pages] == [True, True, False]


async def test_exactly_a_page_has_no_older_one() -> None:
    house = House()
    for _ in range(PER_PAGE):
        await house.picture()
    assert not (await house.page()).has_older


@pytest.mark.parametrize("number", [2, 999_999])
async def test_beyond_the_end_is_the_last_page(number: int) -> None:
    house = House()
    runs = [await house.picture() for _ in range(PER_PAGE + 1)]
    page = await house.page(number=number)
    assert (runs_of(page), page.number) == ([runs[0]], 1)


async def test_where_there_is_nothing_every_page_is_the_first() -> None:
    page = await House().page(number=7)
    assert (page.pasts, page.number, page.has_older) == ((), 0, False)


async def test_a_search_leaves_the_others_out() -> None:
    house = House()
    await house.picture("a hare")
    fox = await house.picture("a red Fox in the snow")
    assert runs_of(await house.page(search="fox SNOW")) == [fox]


# ---- whose ----------------------------------------------------------------------------------------------------------


async def test_a_member_sees_their_own_alone() -> None:
    house = House()
    await house.picture(member=BOB)
    mine = [await house.picture(), await house.picture(private=True)]
    assert runs_of(await house.page(seen_by(ALICE))) == mine[::-1]


async def test_a_moderator_sees_everybodys_but_nothing_private() -> None:
    house = House()
    bobs, mine = await house.picture(member=BOB), await house.picture()
    await house.picture(member=BOB, private=True)
    assert await house.server() == [mine, bobs]


@pytest.mark.parametrize(
    "viewer",
    [
        seen_by(ALICE, moderated=frozenset({HERE})),
        seen_by(ALICE, moderated=frozenset({HERE, ELSEWHERE}), locked=frozenset({ELSEWHERE})),
    ],
)
async def test_of_channels_that_a_moderator_does_not_look_after_nothing_is_told(viewer: Viewer) -> None:
    house = House()
    await house.picture("what only some may know", member=BOB, channel=ELSEWHERE)
    here = await house.picture(member=BOB)
    assert await house.server(viewer) == [here]
    page = await house.gallery.page(viewer, HERE, whose=Whose.SERVER, search="some may", number=0)
    assert not page.pasts


async def test_who_is_no_moderator_here_sees_nobody_elses() -> None:
    house = House()
    await house.picture(member=BOB)
    for viewer in (seen_by(ALICE), seen_by(ALICE, moderated=frozenset({ELSEWHERE}))):
        with pytest.raises(NotModerator):
            await house.server(viewer)


async def test_threads_that_are_not_known_yet_are_asked_about() -> None:
    house = House()
    run = await house.picture("a fox", member=BOB, channel=ELSEWHERE)
    viewer = replace(MODERATOR, unknown=frozenset({ELSEWHERE}))
    page = await house.page(viewer, whose=Whose.SERVER)
    assert (runs_of(page), page.wanted.is_partial) == ([run], False)


async def test_where_there_is_no_time_for_all_threads_the_newest_come_first_and_the_rest_with_the_next_look() -> None:
    house = House()
    threads = [ChannelId(50), ChannelId(51)]
    older, newer = [await house.picture("a fox", member=BOB, channel=thread) for thread in threads]
    viewer = replace(MODERATOR, moderated=frozenset({HERE, *threads}), unknown=frozenset(threads), time=1)
    page = await house.page(viewer, whose=Whose.SERVER)
    assert (runs_of(page), page.wanted.is_partial) == ([newer], True)
    page = await house.page(viewer, whose=Whose.SERVER)
    assert (runs_of(page), page.wanted.is_partial) == ([newer, older], False)


# ---- what is searched for -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("  red \t\n fox ", "red fox"),
        ("red\x00\u202efox\ud800", "red fox"),
        ("%_\\", "%_\\"),
        ("x" * 200, "x" * 60),
        ("🦊" * 60, "🦊" * 30),
        ("x" + "🦊" * 60, "x" + "🦊" * 29),
        ("\u200b", ""),
    ],
)
def test_what_is_typed_becomes_a_line_that_buttons_can_hold(typed: str, searched: str) -> None:
    assert searchable(typed) == searched


# ---- sheets ---------------------------------------------------------------------------------------------------------


async def test_a_sheet_shows_what_is_kept_and_says_why_there_is_nothing_else() -> None:
    house = House()
    fox = await house.picture("a fox")
    lost = await house.picture("a hare")
    image = house.image(lost).run.image
    assert image is not None
    del house.files.contents[image]
    frames = [
        Frame("1", house.image(fox).run.image, "see link"),
        Frame("2", image, "see link"),
        Frame("3", None, "in line"),
    ]
    sheet = await house.gallery.sheet(frames)
    assert sheet == b"1=" + a_picture("a fox").rstrip(b".") + b"|2=see link|3=in line"


async def test_a_sheet_without_a_picture_is_not_made() -> None:
    house = House()
    run = await house.picture()
    frames = [Frame("1", house.image(run).run.image, "see link"), Frame("2", None, "in line")]
    house.forget_bytes()
    assert await house.gallery.sheet(frames) is None


async def test_a_picture_of_absurd_size_is_left_out_of_a_sheet() -> None:
    house = House()
    small, huge = [
        await house.files.keep(a_picture(name, size_bytes=size)) for name, size in (("a", 60), ("b", 10_000_000))
    ]
    sheet = await house.gallery.sheet([Frame("1", small, "x"), Frame("2", huge, "see link")])
    assert sheet is not None
    assert sheet.endswith(b"|2=see link")


async def test_of_a_thousand_who_ask_at_once_few_are_in_memory_and_the_rest_do_without() -> None:
    house = House()
    run = await house.picture()
    watched = _Watched()
    sheets = Sheets(files=house.files, imaging=watched)
    frames = [Frame("1", house.image(run).run.image, "see link")]
    made = await asyncio.gather(*(sheets.of(frames, columns=3) for _ in range(1000)))
    assert watched.most_at_once == 1
    assert 0 < sum(sheet is not None for sheet in made) < 100
    assert await sheets.of(frames, columns=3) is not None


class _Watched(FakeImaging):
    def __init__(self) -> None:
        self._now, self.most_at_once = 0, 0

    async def sheet(self, cells: object, *, columns: int) -> bytes:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await asyncio.sleep(0)
        self._now -= 1
        return b"a sheet"


# ---- opening --------------------------------------------------------------------------------------------------------


async def test_a_kept_picture_is_opened_and_one_that_had_its_time_is_not() -> None:
    house = House()
    image = house.image(await house.picture("a fox"))
    async with house.gallery.copy(image, limit_bytes=1000) as copy:
        assert copy == (a_picture("a fox"), "png")
    async with house.gallery.copy(image, limit_bytes=10) as copy:
        assert copy == (a_picture("a fox")[:10], "webp")
    house.forget_bytes()
    async with house.gallery.copy(image, limit_bytes=1000) as copy:
        assert copy is None
