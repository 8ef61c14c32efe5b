"""REST routes of interactions: the callback, and the webhook that an interaction's token opens."""

from tests.standin.discord.components import check_modal
from tests.standin.discord.core import Core
from tests.standin.discord.form import Form
from tests.standin.discord.forms import check_choices
from tests.standin.discord.interactions import (
    ACKNOWLEDGE_WITHIN,
    TOKEN_LIFETIME,
    CallbackType,
    Interaction,
    InteractionType,
)
from tests.standin.discord.posting import Posting, interaction_context
from tests.standin.discord.refusals import refusal
from tests.standin.discord.routing import Answer, Call, Route, found
from tests.standin.discord.seen import see_modal
from tests.standin.discord.world import NO_FLAGS, Json, Message, MessageFlag, MessageType

# discord-api-docs, interactions/receiving-and-responding.mdx "Interaction Callback Type".
ALLOWED: dict[InteractionType, frozenset[CallbackType]] = {
    InteractionType.COMMAND: frozenset({CallbackType.MESSAGE, CallbackType.DEFER, CallbackType.MODAL}),
    InteractionType.COMPONENT: frozenset(CallbackType) - {CallbackType.AUTOCOMPLETE},
    InteractionType.AUTOCOMPLETE: frozenset({CallbackType.AUTOCOMPLETE}),
    InteractionType.MODAL_SUBMIT: frozenset(CallbackType) - {CallbackType.AUTOCOMPLETE, CallbackType.MODAL},
}
# Same file, "Followup Messages": where only the user has installed the app.
FOLLOWUPS_OF_USER_INSTALLS = 5
ORIGINAL = "@original"
WEBHOOK_MESSAGE = "/webhooks/{application}/{token}/messages/{message}"


class Callbacks:
    def __init__(self, core: Core, posting: Posting) -> None:
        self._core = core
        self._posting = posting

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/interactions/{interaction}/{token}/callback", self.acknowledge, needs_bot=False),
            Route("POST", "/webhooks/{application}/{token}", self.follow_up, needs_bot=False),
            Route("GET", WEBHOOK_MESSAGE, self.fetch, needs_bot=False),
            Route("PATCH", WEBHOOK_MESSAGE, self.edit, needs_bot=False),
            Route("DELETE", WEBHOOK_MESSAGE, self.delete, needs_bot=False),
        ]

    def acknowledge(self, call: Call) -> Answer:
        interaction = self._waiting(call)
        callback = _callback_type(interaction, call.form)
        data: Json = call.form.get("data") or {}
        self._answer(interaction, callback, data, call)
        interaction.callback = callback
        self._core.changes.notify()
        if call.query.get("with_response", "").lower() not in ("1", "true"):
            return Answer()
        return found(self._response(interaction, callback))

    def _waiting(self, call: Call) -> Interaction:
        interaction = self._core.interactions.get(call.params["token"])
        if interaction is None or str(interaction.id) != call.params["interaction"]:
            raise refusal(10062)
        if interaction.acknowledged:
            raise refusal(40060)
        if self._core.age(interaction.created_at) > ACKNOWLEDGE_WITHIN:
            raise refusal(10062)
        return interaction

    def _answer(self, interaction: Interaction, callback: CallbackType, data: Json, call: Call) -> None:
        if callback is CallbackType.MESSAGE:
            interaction.ephemeral = _is_ephemeral(data)
            interaction.original = self._compose(interaction, data, call, at=("data",))
        elif callback is CallbackType.DEFER:
            interaction.ephemeral = _is_ephemeral(data)
            interaction.original = self._placeholder(interaction)
        elif callback is CallbackType.DEFER_UPDATE:
            interaction.original = interaction.source
        elif callback is CallbackType.UPDATE:
            self._update(interaction, data, call)
        elif callback is CallbackType.AUTOCOMPLETE:
            check_choices(data.get("choices") or [])
            interaction.choices = tuple(choice["value"] for choice in data.get("choices") or [])
        else:
            check_modal(data)
            interaction.modal = see_modal(data)

    def _update(self, interaction: Interaction, data: Json, call: Call) -> None:
        source = interaction.source
        if source is None or source.id not in source.channel.messages:
            raise refusal(10008)
        if self._core.settings.updates_drop_unlisted_files:
            data = {"attachments": [], **data}
        self._posting.edit(source, data, call.files, interaction_context(interaction, at=("data",)))
        interaction.original = source
        interaction.ephemeral = source.ephemeral_to is not None

    def _compose(
        self,
        interaction: Interaction,
        body: Json,
        call: Call,
        *,
        ephemeral: bool | None = None,
        reply_to: Message | None = None,
        at: tuple[str, ...] = (),
    ) -> Message:
        is_private = interaction.ephemeral if ephemeral is None else ephemeral
        answered = reply_to or self._answered_component(interaction)
        context = interaction_context(
            interaction,
            reply_to=answered,
            message_type=MessageType.REPLY if reply_to else interaction.answer_type,
            ephemeral_to=interaction.user if is_private else None,
            at=at,
        )
        message = self._posting.create(interaction.channel, self._core.bot, body, call.files, context)
        self._posting.publish(message)
        return message

    def _answered_component(self, interaction: Interaction) -> Message | None:
        """Answers to buttons are replies to the message the button is on, unless only one person sees that."""
        source = interaction.source
        return source if source is not None and source.ephemeral_to is None else None

    def _placeholder(self, interaction: Interaction) -> Message:
        """ "The bot is thinking": a message without content, which the first edit or followup fills."""
        private = MessageFlag.EPHEMERAL if interaction.ephemeral else NO_FLAGS
        answered = self._answered_component(interaction)
        message = Message(
            id=self._core.ids.next(),
            channel=interaction.channel,
            author=self._core.bot,
            created_at=self._core.now(),
            type=interaction.answer_type,
            flags=MessageFlag.LOADING | private,
            interaction=interaction,
            reference=interaction_context(interaction, reply_to=answered).reference,
            ephemeral_to=interaction.user if interaction.ephemeral else None,
        )
        self._posting.publish(message)
        return message

    def _response(self, interaction: Interaction, callback: CallbackType) -> Json:
        told: Json = {"id": str(interaction.id), "type": int(interaction.type)}
        if callback is CallbackType.AUTOCOMPLETE or callback is CallbackType.MODAL:
            return {"interaction": told}
        original = interaction.original
        if original is None:
            return {"interaction": told}
        told["response_message_id"] = str(original.id)
        told["response_message_loading"] = original.is_loading
        told["response_message_ephemeral"] = original.ephemeral_to is not None
        if callback is CallbackType.DEFER_UPDATE:
            return {"interaction": told}
        return {"interaction": told, "resource": {"type": int(callback), "message": self._shown(original)}}

    def follow_up(self, call: Call) -> Answer:
        interaction = self._open(call)
        original = interaction.original
        if original is not None and original.is_loading and original.id in original.channel.messages:
            self._posting.edit(original, call.form, call.files, interaction_context(interaction))
            return found(self._shown(original))
        if "0" not in interaction.owners and len(interaction.posted) >= FOLLOWUPS_OF_USER_INSTALLS:
            raise refusal(40094)
        private = _is_ephemeral(call.form)
        message = self._compose(interaction, call.form, call, ephemeral=private, reply_to=self._answered(interaction))
        interaction.posted.append(message)
        self._core.changes.notify()
        return found(self._shown(message))

    def fetch(self, call: Call) -> Answer:
        return found(self._shown(self._message(call)))

    def edit(self, call: Call) -> Answer:
        interaction = self._open(call)
        message = self._message(call)
        self._posting.edit(message, call.form, call.files, interaction_context(interaction))
        return found(self._shown(message))

    def delete(self, call: Call) -> Answer:
        message = self._message(call)
        self._posting.delete(message.channel, [message])
        return Answer()

    def _open(self, call: Call) -> Interaction:
        """Raises: Refusal 50027 for dead or invented tokens, 10015 before the acknowledgement, 10003."""
        interaction = self._core.interactions.get(call.params["token"])
        is_ours = call.params["application"] == str(self._core.bot.id)
        if interaction is None or self._core.age(interaction.created_at) > TOKEN_LIFETIME:
            raise refusal(50027)
        if interaction.dead_with is not None:
            raise refusal(interaction.dead_with)
        if not interaction.acknowledged or not is_ours:
            raise refusal(10015)
        if interaction.channel.id not in self._core.world.channels:
            raise refusal(10003)
        return interaction

    def _message(self, call: Call) -> Message:
        interaction = self._open(call)
        reachable = [one for one in (interaction.original, *interaction.posted) if one is not None]
        asked = call.params["message"]
        if asked == ORIGINAL:
            reachable = [one for one in reachable if one is interaction.original]
        else:
            reachable = [one for one in reachable if str(one.id) == asked]
        if not reachable or reachable[0].id not in reachable[0].channel.messages:
            raise refusal(10008)
        return reachable[0]

    def _answered(self, interaction: Interaction) -> Message | None:
        """Followups are replies to the first answer, where everybody sees that."""
        original = interaction.original
        if original is None or original.ephemeral_to is not None or original.id not in original.channel.messages:
            return None
        return original

    def _shown(self, message: Message) -> Json:
        return self._core.payloads.message(message)


def _is_ephemeral(body: Json) -> bool:
    return MessageFlag.EPHEMERAL in MessageFlag(body.get("flags") or 0)


def _callback_type(interaction: Interaction, body: Json) -> CallbackType:
    allowed = ALLOWED[interaction.type]
    asked = body.get("type")
    for callback in allowed:
        if callback == asked:
            return callback
    shown = ", ".join(str(int(one)) for one in sorted(allowed))
    form = Form()
    form.fault(("type",), "BASE_TYPE_CHOICES", f"Value must be one of {{{shown}}}.")
    raise form.refusal()
