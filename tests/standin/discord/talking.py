"""Verbs of people who talk: sending, replying, editing, deleting, forwarding, reacting."""

from collections.abc import Sequence

from tests.standin.discord.building import user_of
from tests.standin.discord.core import Core
from tests.standin.discord.posting import Context, Posting, reference_to
from tests.standin.discord.seen import SeenMessage, see
from tests.standin.discord.world import Channel, Json, Member, Message, MessageType, Upload, User

Who = User | Member
Which = SeenMessage | Message | int
File = tuple[str, bytes]


class Talking:
    core: Core
    posting: Posting

    async def send(
        self,
        who: Who,
        channel: Channel,
        content: str = "",
        *,
        attachments: Sequence[File] = (),
        reply_to: Which | None = None,
        ping: bool = True,
        embeds: Sequence[Json] = (),
    ) -> SeenMessage:
        """`ping` is the switch a person has when replying."""
        files = {index: Upload(name, data) for index, (name, data) in enumerate(attachments)}
        allowed = {"parse": ["users", "roles", "everyone"], "replied_user": ping}
        body: Json = {"content": content, "embeds": list(embeds), "allowed_mentions": allowed}
        message = self.posting.create(channel, user_of(who), body, files, self._context(reply_to))
        self.posting.publish(message)
        return self._seen(message)

    async def edit(self, which: Which, content: str) -> SeenMessage:
        message = self.live(which)
        self.posting.edit(message, {"content": content}, {}, Context())
        return self._seen(message)

    async def delete(self, which: Which) -> None:
        message = self.live(which)
        self.posting.delete(message.channel, [message])

    async def refuse_edits(self, which: Which) -> None:
        """From now on Discord calls the message too old for one more edit by the bot's token: code 30046."""
        self.live(which).refuses_edits = True

    async def forward(self, who: Who, which: Which, channel: Channel) -> SeenMessage:
        message = self.posting.forward(channel, user_of(who), self.live(which))
        self.posting.publish(message)
        return self._seen(message)

    async def react(self, who: Who, which: Which, emoji: str) -> None:
        message = self.live(which)
        message.reactions.setdefault(emoji, set()).add(user_of(who).id)
        self.core.events.reaction("MESSAGE_REACTION_ADD", message, user_of(who), emoji)
        self.core.changes.notify()

    def live(self, which: Which) -> Message:
        """Raises: LookupError when the message is gone."""
        identity = which if isinstance(which, int) else which.id
        message = self.core.world.message(identity)
        if message is None:
            raise LookupError(f"there is no message {identity} (any more)")
        return message

    def _seen(self, message: Message) -> SeenMessage:
        return see(message, self.core.payloads)

    def _context(self, reply_to: Which | None) -> Context:
        if reply_to is None:
            return Context()
        return Context(message_type=MessageType.REPLY, reference=reference_to(self.live(reply_to)))
