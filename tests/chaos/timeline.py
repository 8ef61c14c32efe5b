"""Writes down everything that happened in a run, in order, for whoever has to find out why a seed failed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.chaos.asked import Asked
from tests.chaos.evidence import Evidence, Verdict
from tests.chaos.stage import Stage

Line = tuple[float, str]


def write_timeline(folder: Path, stage: Stage, asked: Sequence[Asked], evidence: Evidence, verdict: Verdict) -> None:
    lines = sorted(
        [*_asks(stage, asked), *_messages(evidence), *_posts(evidence), *_ends(evidence), *_look_alike(stage)]
    )
    started = f"seconds since {stage.started_at.isoformat()}"
    written = [started, *(f"{at_s:8.3f} {words}" for at_s, words in lines)]
    (folder / "timeline.txt").write_text("\n".join(written) + "\n")
    breaches = [f"{breach.kind}: {breach.mark}: {breach.what}" for breach in verdict.breaches]
    (folder / "breaches.txt").write_text("\n".join(breaches) + "\n")


def _asks(stage: Stage, asked: Sequence[Asked]) -> Iterator[Line]:
    for one in asked:
        planned = one.planned
        kind = "private" if one.is_private else "public"
        words = (
            f"{planned.mark} asked how={planned.how} {kind} by={one.member.user.name} story={planned.story.closings}"
        )
        for interaction in one.interactions:
            yield stage.seconds(interaction.created_at), f"{words} {'' if interaction.acknowledged else 'UNANSWERED'}"
        if one.message is not None:
            yield stage.seconds(one.message.created_at), words
    yield from ((at_s, words) for at_s, words in stage.events)


def _messages(evidence: Evidence) -> Iterator[Line]:
    for one in evidence.shown:
        seen_by = "" if one.only_for is None else f" only_for={one.only_for}"
        carried = ", ".join(f"{picture.mark}.{picture.number}" for picture in one.pictures)
        picture = f" PICTURE {carried}" if carried else ""
        state = "removed" if one.is_removed else one.says.value
        way = f" by={one.rung}" if one.rung else ""
        yield one.at_s, f"{one.of} message {one.message} {state}{way}{picture}{seen_by} {one.text!r}"


def _posts(evidence: Evidence) -> Iterator[Line]:
    for post in evidence.posts:
        answered = "no answer" if post.answered_at_s is None else f"{post.status} at {post.answered_at_s:.3f}"
        yield post.at_s, f"{post.mark} POST to RunBase: {answered}{'' if post.is_usable else ' (names no run)'}"


def _ends(evidence: Evidence) -> Iterator[Line]:
    for end in evidence.ends:
        yield end.start_s, f"PROCESS ENDED until {end.end_s:.3f}"


def _look_alike(stage: Stage) -> Iterator[Line]:
    prompts = {run.id: run.prompt for run in stage.runbase.emulator.runs}
    for arrival in stage.runbase.emulator.requests_log:
        prompt = prompts.get(arrival.run_id or "", "")
        words = f"RunBase {arrival.method} {arrival.path} {arrival.status} {arrival.code or ''} {arrival.fault or ''}"
        yield stage.seconds(arrival.at), f"{words} {prompt}"
