"""The data of interactions that no client of Discord's would send, each under words that say what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.standin.discord import InteractionType
from tests.standin.discord.commanding import Twist
from tests.standin.discord.world import Json

STRING, BOOLEAN, ATTACHMENT = 3, 5, 11
BUTTON, STRING_SELECT, TEXT_INPUT, LABEL, FILE_UPLOAD = 2, 3, 4, 18, 19
MESSAGE_COMMAND = 3
LONG = "x" * 4000
NOBODYS = "A" * 16


def nested(depth: int) -> Any:
    """As deep as JSON in Python goes."""
    value: Any = []
    for level in range(depth):
        value = [value] if level % 2 else {"options": value, "type": 1, "name": "x"}
    return value


DEEP = nested(400)


def command(name: Any, *options: tuple[Any, Any, Any], **more: Any) -> Json:
    """Options as name, type and value."""
    given = [{"name": name, "type": kind, "value": value} for name, kind, value in options]
    return {"id": "1", "name": name, "type": 1, "options": given, **more}


def imagine(*options: tuple[Any, Any, Any], **more: Any) -> Json:
    return command("imagine", ("prompt", STRING, "a fox"), *options, **more)


def edit_image(**more: Any) -> Json:
    return {"id": "1", "name": "Edit image", "type": MESSAGE_COMMAND, **more}


def with_reference(attachment: Any) -> Json:
    return imagine(("reference1", ATTACHMENT, "7"), resolved={"attachments": {"7": attachment}})


COMMANDS: Mapping[str, Any] = {
    "a command nobody registered": command("nope"),
    "a name of 4,000 characters": command(LONG),
    "a name that is a list": command(["imagine"]),
    "a command of another type": {**imagine(), "type": 2},
    "a command of a type that does not exist": {**imagine(), "type": 99},
    "a subcommand of a command that has none": command("imagine", ("now", 1, None)),
    "an aspect of 4,000 characters": imagine(("aspect", STRING, LONG)),
    "an aspect that is no choice": imagine(("aspect", STRING, "16:9")),
    "a prompt of 100,000 characters": command("imagine", ("prompt", STRING, "x" * 100_000)),
    "a number for a prompt": command("imagine", ("prompt", STRING, 7)),
    "null for a prompt": command("imagine", ("prompt", STRING, None)),
    "a list for a prompt": command("imagine", ("prompt", STRING, ["a fox"])),
    "an object for a prompt": command("imagine", ("prompt", STRING, {"a": "fox"})),
    "nesting without end for a prompt": command("imagine", ("prompt", STRING, DEEP)),
    "a prompt that claims to be a number": command("imagine", ("prompt", 4, 7)),
    "a prompt of a type that does not exist": command("imagine", ("prompt", 99, "a fox")),
    "a prompt that claims to be an attachment": command("imagine", ("prompt", ATTACHMENT, "7")),
    "no prompt": command("imagine", ("private", BOOLEAN, True)),
    "an option nobody declared": imagine(("seed", STRING, "7")),
    "an option named like a method": imagine(("__class__", STRING, "x")),
    "an option whose name is a list": imagine((["aspect"], STRING, "1:1")),
    "a word for a switch": imagine(("private", BOOLEAN, "yes")),
    "an option without a value": {**imagine(), "options": [{"name": "prompt", "type": STRING}]},
    "an option without a name": {**imagine(), "options": [{"type": STRING, "value": "a fox"}]},
    "options that are an object": {**imagine(), "options": {"prompt": "a fox"}},
    "options that are words": {**imagine(), "options": ["prompt"]},
    "options nested without end": {**imagine(), "options": [DEEP]},
    "no options": {"id": "1", "name": "imagine", "type": 1},
    "an attachment that is not there": imagine(("reference1", ATTACHMENT, "7")),
    "an attachment whose id is a word": imagine(("reference1", ATTACHMENT, "seven")),
    "an attachment that is a word": with_reference("cat.png"),
    "an attachment without anything": with_reference({}),
    "an attachment nested without end": with_reference(DEEP),
    "attachments that are a list": imagine(("reference1", ATTACHMENT, "7"), resolved={"attachments": ["7"]}),
    "things resolved that are a word": imagine(resolved="7"),
    "members without users": imagine(resolved={"users": {"7": {}}, "members": {"7": {}}}),
    "channels and roles without anything": imagine(resolved={"channels": {"7": {}}, "roles": {"8": {}}}),
    "data that is null": None,
    "data that is a list": [imagine()],
    "data that is a word": "imagine",
    "data without a name": {"id": "1", "type": 1, "options": []},
    "a message command on nothing": edit_image(),
    "a message command on a message that is not there": edit_image(target_id="7"),
    "a message command on an empty message": edit_image(target_id="7", resolved={"messages": {"7": {}}}),
    "a message command on a message of ids past 64 bits": edit_image(
        target_id="7", resolved={"messages": {"7": {"id": "9" * 40, "channel_id": "9" * 40}}}
    ),
    "a message command on a member": edit_image(target_id="7", resolved={"users": {"7": {"id": "7"}}}),
}


def press(custom_id: Any, kind: Any = BUTTON) -> Json:
    return {"custom_id": custom_id, "component_type": kind, "id": 2}


PRESSES: Mapping[str, Json] = {
    "a button of a later version": press("v2:image:edit:AAAAAAAAAAAAAAAA.0"),
    "an action nobody knows": press(f"v1:request:burn:{NOBODYS}"),
    "a thing nobody knows": press(f"v1:server:show:{NOBODYS}"),
    "a request nobody made": press(f"v1:request:again:{NOBODYS}"),
    "a run nobody made": press(f"v1:image:edit:{NOBODYS}.0"),
    "an id that is too long": press(f"v1:request:again:{NOBODYS}A"),
    "an id with a line end": press(f"v1:request:again:{NOBODYS}\n"),
    "an id of another script": press("v1:request:again:" + "א" * 16),
    "a form's id": press(f"v1:edit:submit:{NOBODYS}"),
    "a hundred characters of rubbish": press("%s{0}\\'\"\x00;--\u202e" * 9 + "x"),
    "an empty id": press(""),
    "a select": press("v1:request:again:AAAAAAAAAAAAAAAA", STRING_SELECT) | {"values": [LONG]},
    "a component of a type that does not exist": press(f"v1:request:again:{NOBODYS}", 99),
}


def field(custom_id: Any, value: Any) -> Json:
    return {"type": LABEL, "id": 1, "component": {"type": TEXT_INPUT, "custom_id": custom_id, "value": value}}


def filled_in(custom_id: Any, *fields: Any, **more: Any) -> Json:
    return {"custom_id": custom_id, "components": list(fields), **more}


def many_uploads(count: int) -> Json:
    chosen = [str(number) for number in range(count)]
    upload = {"type": FILE_UPLOAD, "custom_id": "references", "values": chosen}
    return {"type": LABEL, "id": 2, "component": upload}


FORMS_OF_NOBODY: Mapping[str, Json] = {
    "a form of a later version": filled_in(f"v2:edit:submit:{NOBODYS}", field("instruction", "make it night")),
    "a form nobody opened": filled_in(f"v1:edit:submit:{NOBODYS}", field("instruction", "make it night")),
    "a request nobody made": filled_in(f"v1:request:reword:{NOBODYS}", field("prompt", "a fox")),
    "a button's id": filled_in(f"v1:request:again:{NOBODYS}", field("prompt", "a fox")),
    "a hundred characters of rubbish": filled_in("%s{0}\\'\"\x00;--\u202e" * 9, field("prompt", "a fox")),
    "an empty id": filled_in("", field("prompt", "a fox")),
}
"""Sent in by somebody to whom they were never shown."""


def badly_filled_in(form: str) -> Mapping[str, Json]:
    """A form that a member did open, sent in as no client would."""
    night = field("instruction", "make it night")
    attachment = {"filename": "a.png", "url": "https://cdn.discordapp.com.evil.test/a.png", "size": 10**30}
    return {
        "no fields": filled_in(form),
        "no words": filled_in(form, field("instruction", "")),
        "a number for words": filled_in(form, field("instruction", 7)),
        "null for words": filled_in(form, field("instruction", None)),
        "a list for words": filled_in(form, field("instruction", ["make it night"])),
        "other fields": filled_in(form, field("prompt", "make it night")),
        "words twice, the last time empty": filled_in(form, night, field("instruction", " ")),
        "words of 100,000 characters": filled_in(form, field("instruction", "x" * 100_000)),
        "fields without names": filled_in(form, field(None, "make it night")),
        "fields that are words": filled_in(form, "instruction"),
        "fields nested without end": filled_in(form, DEEP),
        "fields that are an object": {"custom_id": form, "components": {"instruction": "make it night"}},
        "fields in rows, as forms once had them": filled_in(form, {"type": 1, "components": [night["component"]]}),
        "an aspect of 4,000 characters": filled_in(form, night, field("aspect", LONG)),
        "an aspect that is an object": filled_in(form, night, field("aspect", {"a": 1})),
        "30 files": filled_in(
            form,
            night,
            many_uploads(30),
            resolved={"attachments": {str(number): attachment for number in range(30)}},
        ),
        "a file from elsewhere": filled_in(
            form, night, many_uploads(1), resolved={"attachments": {"0": {**attachment, "size": 5}}}
        ),
        "a file larger than any disk": filled_in(
            form, night, many_uploads(1), resolved={"attachments": {"0": attachment}}
        ),
        "a file of which nothing is told": filled_in(
            form, night, many_uploads(1), resolved={"attachments": {"0": {"filename": 7, "url": [], "size": "x"}}}
        ),
    }


def typing(option: Any, value: Any, kind: Any = STRING) -> Json:
    return {"name": option, "type": kind, "value": value, "focused": True}


def completing(*options: Any) -> Json:
    return {**imagine(), "options": list(options)}


COMPLETIONS: Mapping[str, Any] = {
    "an option that exists": imagine(),
    "typing in an option that does not": command("imagine", ("seed", STRING, "1")),
    "typing in a command that does not exist": command("nope", ("seed", STRING, "1")),
    "typing numbers": command("imagine", ("prompt", STRING, 7)),
    "typing where nothing is suggested": completing(typing("prompt", "a fox")),
    "typing a number for a style": completing(typing("style", 7)),
    "typing a list for a style": completing(typing("style", ["travel-poster"])),
    "typing nothing at all for a style": completing({"name": "style", "type": STRING, "focused": True}),
    "typing a style that claims to be an attachment": completing(typing("style", "vint", ATTACHMENT)),
    "typing in two options at once": completing(typing("style", "vint"), typing("style", "flat")),
    "typing in an option whose name is a list": completing(typing(["style"], "vint")),
    "typing in options that are words": completing("style"),
    "nothing": None,
    "nesting without end": DEEP,
}
UNREADABLE: Mapping[str, Any] = {
    "nothing": None,
    "an empty object": {},
    "a list": [],
    "a word": "v1:request:again:AAAAAAAAAAAAAAAA",
    "an id that is a number": {"custom_id": 7, "component_type": BUTTON},
    "an id that is a list": {"custom_id": [], "component_type": BUTTON, "components": []},
    "nesting without end": DEEP,
}
"""As the data of buttons and forms."""


def with_type(kind: Any) -> Twist:
    return lambda payload: {**payload, "type": kind}


def without(*keys: str) -> Twist:
    return lambda payload: {key: value for key, value in payload.items() if key not in keys}


def by(user: Any) -> Twist:
    return lambda payload: {**payload, "member": {**payload["member"], "user": user}}


def showing(custom_id: str) -> Twist:
    """As if the message that it is pressed on had this button."""
    button = {"type": BUTTON, "style": 2, "label": "Go", "custom_id": custom_id, "id": 2}
    row = {"type": 1, "id": 1, "components": [button]}
    return lambda payload: {**payload, "message": {**payload["message"], "components": [row]}}


HEADLESS: Mapping[str, Twist] = {
    "no id": without("id"),
    "no token": without("token"),
    "no application": without("application_id"),
    "no type": without("type"),
    "nobody": without("member"),
    "nowhere": without("channel", "channel_id"),
    "a member who is nobody": lambda payload: {**payload, "member": {}},
    "a user who is null": by(None),
    "a user without a name": by({"id": "7"}),
    "a user without an id": by({"username": "alice"}),
    "a user with an id of 40 digits": by({"id": "9" * 40, "username": "alice", "discriminator": "0", "avatar": None}),
    "an id of 40 digits": lambda payload: {**payload, "id": "9" * 40},
    "a token that is a list": lambda payload: {**payload, "token": []},
    "no limit for files": without("attachment_size_limit"),
    "a limit below nothing": lambda payload: {**payload, "attachment_size_limit": -1},
    "permissions in words": lambda payload: {**payload, "app_permissions": "all"},
}


@dataclass(frozen=True)
class Scene:
    """What there has to be before an interaction can be right: an opened form, a message, a file on its way."""

    form: str
    photo: Json
    upload: Json


@dataclass(frozen=True)
class Base:
    """An interaction with nothing wrong but an aspect or a button that is refused, so that nothing is made of it."""

    kind: InteractionType
    data: Callable[[Scene], Json]
    is_on_a_message: bool = False


def _a_command(scene: Scene) -> Json:
    identity = scene.upload["id"]
    reference = ("reference1", ATTACHMENT, identity)
    return imagine(("aspect", STRING, "16:9"), reference, resolved={"attachments": {identity: scene.upload}})


def _a_form(scene: Scene) -> Json:
    uploads = {"attachments": {"0": scene.upload}}
    fields = (field("instruction", "make it night"), field("aspect", "16:9"), many_uploads(1))
    return filled_in(scene.form, *fields, resolved=uploads)


def _a_message_command(scene: Scene) -> Json:
    identity = scene.photo["id"]
    return edit_image(target_id=identity, resolved={"messages": {identity: scene.photo}})


BASES: Mapping[str, Base] = {
    "a command": Base(InteractionType.COMMAND, _a_command),
    "a button": Base(InteractionType.COMPONENT, lambda _: press(f"v1:request:again:{NOBODYS}"), is_on_a_message=True),
    "a form": Base(InteractionType.MODAL_SUBMIT, _a_form, is_on_a_message=True),
    "a message command": Base(InteractionType.COMMAND, _a_message_command),
    "a style being typed": Base(InteractionType.AUTOCOMPLETE, lambda _: completing(typing("style", "vint"))),
}
