"""Gathers the evidence of a run from the stand-in, the look-alike, the witness and the bot's own books."""

from collections.abc import Iterator, Sequence

from bot.preview.emulator import EmulatedRun, Fault, Status
from tests.chaos.asked import Asked
from tests.chaos.evidence import Ask, Books, Evidence, PaidRun, Rung, Says, Shown
from tests.chaos.marks import Mark, Pictured, marks_in, pictured
from tests.chaos.stage import READ_TIMEOUT_S, Stage
from tests.standin.discord import Interaction, Request, SeenMessage, Sighting, Way

_RUNGS = {
    Way.TOKEN: Rung.TOKEN,
    Way.ANSWER: Rung.TOKEN,
    Way.EDIT: Rung.MESSAGE,
    Way.POST: Rung.CHANNEL,
    Way.DIRECT: Rung.DM,
}


class Gathering:
    """Reads what is new each time, since it is asked often."""

    def __init__(self, stage: Stage, asked: Sequence[Asked]) -> None:
        self._stage = stage
        self._asked = asked
        self._shown: list[Shown] = []
        self._read = 0
        self._pictured: dict[int, Pictured | None] = {}
        self._of_message: dict[int, Mark] = {}

    def evidence(self, books: Books | None) -> Evidence:
        stage = self._stage
        self._read_sightings()
        unclear = self._unclear_changes()
        return Evidence(
            asks=[self._ask(one, unclear) for one in self._asked],
            shown=self._shown,
            posts=stage.runbase.witness.posts,
            runs=[self._paid(run) for run in stage.runbase.emulator.runs],
            ends=stage.keeper.ends,
            books=books,
            patience_s=stage.patience_s,
            read_timeout_s=READ_TIMEOUT_S,
        )

    def _unclear_changes(self) -> Sequence[Request]:
        """What Discord was asked to show, without saying whether it had."""
        asked = (one for one in self._stage.standin.requests if one.method in ("POST", "PATCH"))
        return [one for one in asked if one.status == 0 or one.status >= 500]

    def _ask(self, asked: Asked, unclear: Sequence[Request]) -> Ask:
        if asked.message is not None:
            is_acknowledged = asked.message.id in self._answered_messages
        else:
            is_acknowledged = bool(asked.acknowledged)
        return Ask(
            mark=asked.planned.mark,
            member=asked.member.id,
            channel=asked.channel.id,
            is_private=asked.is_private,
            is_acknowledged=is_acknowledged,
            images=asked.images,
            times=(times := max(1, len(asked.acknowledged) + (asked.message is not None))),
            unanswered=max(0, len(asked.interactions) + (asked.message is not None) - times),
            is_excused=asked.is_excused or any(map(_is_told_by_discord, asked.interactions)),
            is_hidden=asked.is_hidden,
            is_unclear=any(_may_have_shown(one, asked) for one in unclear),
            open_rungs=asked.open_rungs,
        )

    @property
    def _answered_messages(self) -> set[int]:
        return {one.message.replies_to for one in self._stage.standin.sightings if one.message.replies_to}

    def _paid(self, run: EmulatedRun) -> PaidRun:
        (mark,) = marks_in(run.prompt)
        return PaidRun(
            mark=mark,
            has_picture=run.status is Status.SUCCEEDED and run.shape is not Fault.NO_URL,
            is_refunded=run.refunded >= run.charged,
            ended_at_s=None if run.finishes_at is None else self._stage.seconds(run.finishes_at),
        )

    def _read_sightings(self) -> None:
        sightings = self._stage.standin.sightings
        fresh = sightings[self._read :]
        self._read = len(sightings)
        by_interaction = {one.id: asked.planned.mark for asked in self._asked for one in asked.interactions}
        by_message = {asked.message.id: asked.planned.mark for asked in self._asked if asked.message is not None}
        for sighting in fresh:
            self._shown.append(self._seen(sighting, by_interaction, by_message))

    def _seen(self, sighting: Sighting, by_interaction: dict[int, Mark], by_message: dict[int, Mark]) -> Shown:
        message = sighting.message
        pictures = tuple(self._pictures(message))
        words = marks_in(
            "\n".join([message.text, *(f"{kept.filename} {kept.description}" for kept in message.attachments)])
        )
        is_asked = message.interaction is None or message.interaction.id in by_interaction
        own = self._of(message, frozenset(one.mark for one in pictures), words, by_interaction, by_message)
        if own is not None:
            self._of_message[message.id] = own
        return Shown(
            at_s=self._stage.seconds(sighting.at),
            message=message.id,
            channel=message.channel_id,
            of=own,
            says=self._says(message),
            pictures=pictures,
            words=words,
            only_for=message.ephemeral_to if sighting.dm_with is None else sighting.dm_with,
            rung=_RUNGS.get(sighting.way),
            is_fetched=not is_asked,
            is_removed=sighting.way is Way.REMOVED,
            text=message.text,
        )

    def _pictures(self, message: SeenMessage) -> Iterator[Pictured]:
        for kept in message.attachments:
            if kept.id not in self._pictured:
                self._pictured[kept.id] = pictured(kept.content)
            found = self._pictured[kept.id]
            if found is not None:
                yield found

    def _of(
        self,
        message: SeenMessage,
        pictures: frozenset[Mark],
        words: frozenset[Mark],
        by_interaction: dict[int, Mark],
        by_message: dict[int, Mark],
    ) -> Mark | None:
        """The ask a message belongs to: by who caused it, by what it replies to, by its picture, by its words."""
        if message.interaction is not None and message.interaction.id in by_interaction:
            return by_interaction[message.interaction.id]
        if message.replies_to in by_message:
            return by_message[message.replies_to]
        if message.replies_to in self._of_message:
            return self._of_message[message.replies_to]
        if len(pictures) == 1:
            return next(iter(pictures))
        if message.id in self._of_message:
            return self._of_message[message.id]
        return next(iter(words)) if len(words) == 1 and message.interaction is None else None

    def _says(self, message: SeenMessage) -> Says:
        if message.is_loading or not message.text:
            return Says.NOTHING
        return Says.WAITING if self._stage.contestant.waiting.search(message.text) else Says.ENDING


def _may_have_shown(request: Request, asked: Asked) -> bool:
    if request.path.startswith("/channels/"):
        return not asked.is_private and request.path.startswith(f"/channels/{asked.channel.id}/")
    return request.method == "PATCH" and any(one.token in request.path for one in asked.interactions)


def _is_told_by_discord(interaction: Interaction) -> bool:
    """A placeholder whose token is dead turns into "The application did not respond" by itself."""
    message = interaction.message
    return interaction.dead_with is not None and message is not None and message.is_loading
