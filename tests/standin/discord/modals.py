"""Filling in a modal: the components that a submit sends back."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.standin.discord.components import SELECTS, Kind
from tests.standin.discord.options import NotOffered, Resolved
from tests.standin.discord.seen import SeenField, SeenModal
from tests.standin.discord.world import Channel, Json, Member, Role, Upload, User

Filled = str | bool | Sequence[Any]
CHOSEN = (*SELECTS, Kind.CHECKBOX_GROUP)


def submit_data(modal: SeenModal, values: Mapping[str, Filled], resolved: Resolved) -> Json:
    """`values` go by custom id or label; what is not named keeps what it was prefilled with."""
    given = {modal.field(name).custom_id: value for name, value in values.items()}
    fields = {field.custom_id: field for field in modal.fields}
    components = [_component(component, fields, given, resolved) for component in modal.components]
    return {"custom_id": modal.custom_id, "components": components, **resolved.json()}


def _component(
    component: Json, fields: Mapping[str, SeenField], given: Mapping[str, Filled], resolved: Resolved
) -> Json:
    told: Json = {"type": component["type"], "id": component.get("id", 0)}
    if "component" in component:
        told["component"] = _answered(component["component"], fields, given, resolved)
    elif "components" in component:
        told["components"] = [_answered(part, fields, given, resolved) for part in component["components"]]
    return told


def _answered(part: Json, fields: Mapping[str, SeenField], given: Mapping[str, Filled], resolved: Resolved) -> Json:
    field = fields[part["custom_id"]]
    value = given.get(field.custom_id, field.value)
    told: Json = {"type": part["type"], "id": part.get("id", 0), "custom_id": field.custom_id}
    _check(field, part, value)
    if field.type == Kind.FILE_UPLOAD:
        return told | {"values": [resolved.upload(Upload(*file)) for file in value or ()]}
    if field.type in CHOSEN:
        chosen = [value] if isinstance(value, str) else list(value or ())
        return told | {"values": [_chosen(one, resolved) for one in chosen]}
    if field.type == Kind.CHECKBOX:
        return told | {"value": bool(value)}
    if field.type == Kind.RADIO_GROUP:
        return told | {"value": value[0] if isinstance(value, tuple) and value else value or None}
    return told | {"value": value or ""}


def _chosen(value: Any, resolved: Resolved) -> Any:
    return resolved.name(value) if isinstance(value, User | Member | Channel | Role) else value


def _check(field: SeenField, part: Json, value: Any) -> None:
    if field.is_required and not value and field.type != Kind.CHECKBOX:
        raise NotOffered(f"{field.label or field.custom_id!r} must be filled in")
    if field.type == Kind.TEXT_INPUT:
        least, most = part.get("min_length") or 0, part.get("max_length") or 4000
        if value and not least <= len(value) <= most:
            raise NotOffered(f"{field.label!r} takes {least} to {most} characters, not {len(value)}")
    elif field.options:
        chosen = [value] if isinstance(value, str) else list(value or ())
        if not set(chosen) <= set(field.options):
            raise NotOffered(f"{field.label!r} offers {field.options}, not {chosen}")
