"""REST routes of channels: their messages, threads, reactions, and direct messages."""

from datetime import timedelta

from tests.standin.discord.core import Core
from tests.standin.discord.form import Form
from tests.standin.discord.payloads import channel_json
from tests.standin.discord.permissions import Permission
from tests.standin.discord.posting import Context, Posting, reference_to
from tests.standin.discord.refusals import Refusal, refusal
from tests.standin.discord.routing import Answer, Call, Route, found
from tests.standin.discord.world import (
    Channel,
    ChannelType,
    Json,
    Message,
    MessageType,
    ReferenceType,
    User,
)

# Documented as "the past few minutes"; resources/message.mdx "Create Message", `enforce_nonce`.
NONCE_MEMORY = timedelta(minutes=5)
MESSAGE_ROUTE = "/channels/{channel}/messages/{message}"


class Channels:
    def __init__(self, core: Core, posting: Posting) -> None:
        self._core = core
        self._posting = posting

    def routes(self) -> list[Route]:
        reaction = MESSAGE_ROUTE + "/reactions/{emoji}/@me"
        return [
            Route("GET", "/channels/{channel}", self.show),
            Route("POST", "/channels/{channel}/typing", self.type),
            Route("GET", "/channels/{channel}/messages", self.history),
            Route("POST", "/channels/{channel}/messages", self.create),
            Route("POST", "/channels/{channel}/messages/bulk-delete", self.delete_many),
            Route("GET", MESSAGE_ROUTE, self.fetch),
            Route("PATCH", MESSAGE_ROUTE, self.edit),
            Route("DELETE", MESSAGE_ROUTE, self.delete),
            Route("POST", MESSAGE_ROUTE + "/threads", self.start_thread),
            Route("POST", "/channels/{channel}/threads", self.start_thread),
            Route("PUT", reaction, self.react),
            Route("DELETE", reaction, self.unreact),
            Route("POST", "/users/@me/channels", self.open_dm),
        ]

    def show(self, call: Call) -> Answer:
        return found(channel_json(self._core.visible_channel(call.id("channel"))))

    def type(self, call: Call) -> Answer:
        self._speakable(call)
        return Answer()

    def history(self, call: Call) -> Answer:
        channel = self._core.visible_channel(call.id("channel"))
        if Permission.READ_MESSAGE_HISTORY not in self._core.bot_permissions(channel):
            return found([])
        messages = [message for message in channel.messages.values() if message.ephemeral_to is None]
        return found([self._shown(message) for message in _page(messages, call)])

    def fetch(self, call: Call) -> Answer:
        channel = self._core.visible_channel(call.id("channel"))
        self._require(channel, Permission.READ_MESSAGE_HISTORY)
        return found(self._shown(self._core.visible_message(channel, call.id("message"))))

    def create(self, call: Call) -> Answer:
        channel = self._speakable(call)
        body = call.form
        repeated = self._repeated(body)
        if repeated is not None:
            return found(self._shown(self._core.visible_message(repeated.channel, repeated.id)))
        self._require_for_content(channel, call)
        if channel.recipient is not None:
            self._check_reachable(channel.recipient)
        message = self._compose(channel, call)
        self._posting.publish(message)
        self._core.sent_nonces.append(message)
        return found({**self._shown(message), **({"nonce": message.nonce} if message.nonce else {})})

    def edit(self, call: Call) -> Answer:
        channel = self._core.visible_channel(call.id("channel"))
        message = self._core.visible_message(channel, call.id("message"))
        if message.author is not self._core.bot:
            raise refusal(50005)
        if call.files:
            self._require(channel, Permission.ATTACH_FILES)
        self._posting.check_old_edits(message)
        self._posting.edit(message, call.form, call.files, Context())
        return found(self._shown(message))

    def delete(self, call: Call) -> Answer:
        channel = self._core.visible_channel(call.id("channel"))
        message = self._core.visible_message(channel, call.id("message"))
        if message.author is not self._core.bot:
            self._require(channel, Permission.MANAGE_MESSAGES)
        self._posting.delete(channel, [message])
        return Answer()

    def delete_many(self, call: Call) -> Answer:
        channel = self._core.visible_channel(call.id("channel"))
        self._require(channel, Permission.MANAGE_MESSAGES)
        ids = {int(one) for one in call.form["messages"]}
        self._posting.delete(channel, [message for message in channel.messages.values() if message.id in ids])
        return Answer()

    def react(self, call: Call) -> Answer:
        channel = self._core.visible_channel(call.id("channel"))
        message = self._core.visible_message(channel, call.id("message"))
        self._require(channel, Permission.ADD_REACTIONS)
        message.reactions.setdefault(call.params["emoji"], set()).add(self._core.bot.id)
        self._core.events.reaction("MESSAGE_REACTION_ADD", message, self._core.bot, call.params["emoji"])
        self._core.changes.notify()
        return Answer()

    def unreact(self, call: Call) -> Answer:
        channel = self._core.visible_channel(call.id("channel"))
        message = self._core.visible_message(channel, call.id("message"))
        message.reactions.get(call.params["emoji"], set()).discard(self._core.bot.id)
        self._core.events.reaction("MESSAGE_REACTION_REMOVE", message, self._core.bot, call.params["emoji"])
        self._core.changes.notify()
        return Answer()

    def start_thread(self, call: Call) -> Answer:
        parent = self._core.visible_channel(call.id("channel"))
        private = call.form.get("type") == ChannelType.PRIVATE_THREAD
        wanted = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
        self._require(parent, wanted)
        kind = ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD
        # A thread on a message has that message's id; topics/threads.mdx.
        identity = call.id("message") if "message" in call.params else self._core.ids.next()
        thread = self._core.open_thread(parent, call.form["name"], identity, kind, self._core.bot)
        return Answer(201, channel_json(thread))

    def open_dm(self, call: Call) -> Answer:
        user = self._core.world.users.get(int(call.form.get("recipient_id") or 0))
        if user is None or user is self._core.bot:
            raise refusal(50033)
        return found(channel_json(self._core.dm_channel(user)))

    def _speakable(self, call: Call) -> Channel:
        channel = self._core.visible_channel(call.id("channel"))
        speak = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
        self._require(channel, speak)
        return channel

    def _require(self, channel: Channel, wanted: Permission) -> None:
        if wanted not in self._core.bot_permissions(channel):
            raise refusal(50013)

    def _require_for_content(self, channel: Channel, call: Call) -> None:
        if call.files:
            self._require(channel, Permission.ATTACH_FILES)
        if call.form.get("poll"):
            self._require(channel, Permission.SEND_POLLS)

    def _check_reachable(self, user: User) -> None:
        shares_server = any(user.id in server.members for server in self._core.bot_servers())
        if not user.accepts_dms or not shares_server:
            raise refusal(50007)

    def _repeated(self, body: Json) -> Message | None:
        """An earlier message of the bot with this nonce, also when it is gone by now."""
        if not body.get("enforce_nonce") or body.get("nonce") is None:
            return None
        for message in reversed(self._core.sent_nonces):
            if message.nonce == str(body["nonce"]) and self._core.now() - message.created_at <= NONCE_MEMORY:
                return message
        return None

    def _compose(self, channel: Channel, call: Call) -> Message:
        asked = call.form.get("message_reference")
        if not asked:
            return self._posting.create(channel, self._core.bot, call.form, call.files, Context())
        target = self._referenced(channel, asked)
        if target is None:
            return self._posting.create(channel, self._core.bot, call.form, call.files, Context())
        if asked.get("type") == ReferenceType.FORWARD:
            return self._forwarded(channel, target)
        context = Context(message_type=MessageType.REPLY, reference=reference_to(target))
        return self._posting.create(channel, self._core.bot, call.form, call.files, context)

    def _referenced(self, channel: Channel, asked: Json) -> Message | None:
        """The message a reply or forward points at; None where Discord falls back to an ordinary message."""
        is_forward = asked.get("type") == ReferenceType.FORWARD
        home_id = int(asked.get("channel_id") or channel.id)
        if home_id != channel.id and not is_forward:
            code = "REPLIES_CANNOT_REFERENCE_OTHER_CHANNEL"
            raise _reference_refusal(code, "Cannot reply to a message in a different channel")
        home = self._core.visible_channel(home_id)
        if Permission.READ_MESSAGE_HISTORY not in self._core.bot_permissions(home):
            raise refusal(160002)
        target = home.messages.get(int(asked["message_id"]))
        if target is not None and target.ephemeral_to is None:
            return target
        if is_forward or asked.get("fail_if_not_exists", True):
            raise _reference_refusal("MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
        return None

    def _forwarded(self, channel: Channel, target: Message) -> Message:
        if not (self._core.events.rest_sees_content or self._core.payloads.is_readable(target)):
            raise refusal(160014)
        return self._posting.forward(channel, self._core.bot, target)

    def _shown(self, message: Message) -> Json:
        return self._core.payloads.message(message, sees_content=self._core.events.rest_sees_content)


def _reference_refusal(code: str, text: str) -> Refusal:
    form = Form()
    form.fault(("message_reference",), code, text)
    return form.refusal()


def _page(messages: list[Message], call: Call) -> list[Message]:
    """Newest first; resources/message.mdx "Get Channel Messages": fifty unless told, a hundred at most."""
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 100:
        form = Form()
        form.fault(("limit",), "NUMBER_TYPE_MAX", "int value should be less than or equal to 100.")
        raise form.refusal()
    newest = sorted(messages, key=lambda message: message.id, reverse=True)
    if "after" in call.query:
        later = [message for message in newest if message.id > int(call.query["after"])]
        return later[-limit:]
    if "around" in call.query:
        middle = int(call.query["around"])
        nearest = sorted(newest, key=lambda message: abs(message.id - middle))[:limit]
        return sorted(nearest, key=lambda message: message.id, reverse=True)
    if "before" in call.query:
        newest = [message for message in newest if message.id < int(call.query["before"])]
    return newest[:limit]
