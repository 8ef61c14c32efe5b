"""Limits of message components and modals, mostly as tables."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from tests.standin.discord.form import Form, Path
from tests.standin.discord.seen import display_texts, walk
from tests.standin.discord.world import Json


class Kind(IntEnum):
    """discord-api-docs, components/reference.mdx "Component Types"."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


LINK_BUTTON, PREMIUM_BUTTON = 5, 6
SELECTS = (3, 5, 6, 7, 8)
IN_ROW = (Kind.BUTTON, *SELECTS)
IN_CONTAINER = (
    Kind.ACTION_ROW,
    Kind.SECTION,
    Kind.TEXT_DISPLAY,
    Kind.MEDIA_GALLERY,
    Kind.FILE,
    Kind.SEPARATOR,
)
IN_LABEL = (Kind.TEXT_INPUT, *SELECTS, Kind.FILE_UPLOAD, Kind.RADIO_GROUP, Kind.CHECKBOX_GROUP, Kind.CHECKBOX)


@dataclass(frozen=True)
class Length:
    key: str
    most: int
    least: int = 0
    is_required: bool = False


@dataclass(frozen=True)
class Children:
    key: str
    most: int
    kinds: tuple[int, ...]


CUSTOM_ID = Length("custom_id", 100, least=1, is_required=True)
PLACEHOLDER = Length("placeholder", 150)

# Source of all numbers: components/reference.mdx and the component schemas of Discord's OpenAPI document.
LENGTHS: dict[int, tuple[Length, ...]] = {
    Kind.BUTTON: (Length("custom_id", 100, least=1), Length("label", 80), Length("url", 512)),
    **dict.fromkeys(SELECTS, (CUSTOM_ID, PLACEHOLDER)),
    Kind.TEXT_INPUT: (CUSTOM_ID, Length("label", 45, least=1), Length("value", 4000), Length("placeholder", 100)),
    Kind.TEXT_DISPLAY: (Length("content", 4000, least=1, is_required=True),),
    Kind.THUMBNAIL: (Length("description", 1024),),
    Kind.LABEL: (Length("label", 45, least=1, is_required=True), Length("description", 100)),
    Kind.FILE_UPLOAD: (CUSTOM_ID,),
    Kind.RADIO_GROUP: (CUSTOM_ID,),
    Kind.CHECKBOX_GROUP: (CUSTOM_ID,),
    Kind.CHECKBOX: (CUSTOM_ID,),
}
CHILDREN: dict[int, Children] = {
    Kind.ACTION_ROW: Children("components", 5, IN_ROW),
    Kind.SECTION: Children("components", 3, (Kind.TEXT_DISPLAY,)),
    Kind.CONTAINER: Children("components", 40, IN_CONTAINER),
}
SINGLE: dict[int, Children] = {
    Kind.SECTION: Children("accessory", 1, (Kind.BUTTON, Kind.THUMBNAIL)),
    Kind.LABEL: Children("component", 1, IN_LABEL),
}
OPTIONS: dict[int, int] = {Kind.STRING_SELECT: 25, Kind.RADIO_GROUP: 10, Kind.CHECKBOX_GROUP: 10}
OPTION_LENGTHS = (Length("label", 100, 1, True), Length("value", 100, 1, True), Length("description", 100))

ROWS = 5
TOTAL_V2 = 40
TEXT_V2 = 4000
GALLERY_ITEMS = 10
ALT_TEXT = Length("description", 1024, least=1)
IN_MODAL = (Kind.ACTION_ROW, Kind.TEXT_DISPLAY, Kind.LABEL)


def check_components(form: Form, components: list[Json], *, is_v2: bool) -> None:
    at: Path = ("components",)
    if is_v2:
        _check_each(form, at, components, (*IN_CONTAINER, Kind.CONTAINER))
        _check_totals(form, at, components)
    else:
        form.count(at, components, most=ROWS)
        _check_each(form, at, components, (Kind.ACTION_ROW,))
    _check_unique(form, at, components, set())


def check_modal(modal: Json) -> None:
    """Raises: Refusal 50035. Five components at most and 45 characters of title: components/reference.mdx."""
    form = Form(("data",))
    form.required(("custom_id",), modal.get("custom_id"))
    form.length(("custom_id",), modal.get("custom_id"), most=100)
    form.length(("title",), modal.get("title") or "", least=1, most=45)
    form.count(("components",), modal.get("components"), least=1, most=ROWS)
    for index, component in enumerate(modal.get("components") or []):
        path = ("components", index)
        if component.get("type") == Kind.ACTION_ROW:
            _check_each(form, (*path, "components"), component["components"], (Kind.TEXT_INPUT,))
        elif form.one_of((*path, "type"), component.get("type"), IN_MODAL):
            _check_one(form, path, component)
    _check_inputs(form, modal.get("components") or [])
    _check_unique(form, ("components",), modal.get("components") or [], set())
    form.close()


def _check_inputs(form: Form, components: list[Json]) -> None:
    for part in walk(components):
        prefilled, most = part.get("value"), part.get("max_length")
        if part["type"] == Kind.TEXT_INPUT and prefilled and most and len(prefilled) > most:
            form.fault(("components",), "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def _check_totals(form: Form, at: Path, components: list[Json]) -> None:
    if sum(1 for _ in walk(components)) > TOTAL_V2:
        message = f"The maximum total number of components is {TOTAL_V2}."
        form.fault(at, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    if sum(map(len, display_texts(components))) > TEXT_V2:
        message = f"The total displayable text size exceeds the maximum size of {TEXT_V2}"
        form.fault(at, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)


def _check_each(form: Form, at: Path, components: list[Json], allowed: tuple[int, ...]) -> None:
    for index, component in enumerate(components):
        if form.one_of((*at, index, "type"), component.get("type"), allowed):
            _check_one(form, (*at, index), component)


def _check_one(form: Form, at: Path, component: Json) -> None:
    kind = component["type"]
    _check_lengths(form, at, component, LENGTHS.get(kind, ()))
    if kind in CHILDREN:
        many = CHILDREN[kind]
        form.count((*at, many.key), component.get(many.key), least=1, most=many.most)
        _check_each(form, (*at, many.key), component.get(many.key) or [], many.kinds)
    if kind in SINGLE:
        _check_single(form, at, component, SINGLE[kind])
    if kind in OPTIONS:
        _check_options(form, at, component, OPTIONS[kind])
    if kind == Kind.ACTION_ROW:
        _check_row(form, at, component)
    elif kind == Kind.BUTTON:
        _check_button(form, at, component)
    elif kind == Kind.MEDIA_GALLERY:
        _check_gallery(form, at, component)


def _check_single(form: Form, at: Path, component: Json, single: Children) -> None:
    child = component.get(single.key)
    form.required((*at, single.key), child)
    if child and form.one_of((*at, single.key, "type"), child.get("type"), single.kinds):
        _check_one(form, (*at, single.key), child)


def _check_lengths(form: Form, at: Path, holder: Json, lengths: tuple[Length, ...]) -> None:
    for rule in lengths:
        value = holder.get(rule.key)
        if rule.is_required:
            form.required((*at, rule.key), value)
        form.length((*at, rule.key), value or None, least=rule.least, most=rule.most)


def _check_options(form: Form, at: Path, component: Json, most: int) -> None:
    options: Any = component.get("options")
    form.count((*at, "options"), options, least=1, most=most)
    seen: set[str] = set()
    for index, option in enumerate(options or []):
        path = (*at, "options", index)
        _check_lengths(form, path, option, OPTION_LENGTHS)
        if option.get("value") in seen:
            message = "The specified option value is already used"
            form.fault((*path, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
        seen.add(option.get("value"))


def _check_row(form: Form, at: Path, row: Json) -> None:
    """Five buttons or one select."""
    children = row.get("components") or []
    if len(children) > 1 and any(child.get("type") in SELECTS for child in children):
        message = "The specified component exceeds the maximum width"
        form.fault((*at, "components", 1), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)


def _check_button(form: Form, at: Path, button: Json) -> None:
    style = button.get("style")
    if style == LINK_BUTTON:
        form.required((*at, "url"), button.get("url"))
        if not str(button.get("url")).startswith(("http://", "https://", "discord://")):
            message = "Scheme must be one of ('http', 'https', 'discord')."
            form.fault((*at, "url"), "URL_TYPE_INVALID_SCHEME", message)
    elif style != PREMIUM_BUTTON:
        form.required((*at, "custom_id"), button.get("custom_id"))
    if style != PREMIUM_BUTTON and not button.get("label") and not button.get("emoji"):
        form.fault(at, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button requires a label or an emoji.")


def _check_gallery(form: Form, at: Path, gallery: Json) -> None:
    items = gallery.get("items")
    form.count((*at, "items"), items, least=1, most=GALLERY_ITEMS)
    for index, item in enumerate(items or []):
        _check_lengths(form, (*at, "items", index), item, (ALT_TEXT,))


def _check_unique(form: Form, at: Path, components: list[Json], seen: set[str]) -> None:
    for index, component in enumerate(components):
        custom_id = component.get("custom_id")
        if custom_id in seen:
            message = "Component custom id cannot be duplicated"
            form.fault((*at, index, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
        if custom_id is not None:
            seen.add(custom_id)
        for key in ("components", "accessory", "component"):
            nested = component.get(key)
            children = [nested] if isinstance(nested, dict) else nested or []
            _check_unique(form, (*at, index, key), children, seen)
