"""What RunBase accepts and how it refuses: the models with their parameters, and every error code."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Size = tuple[int, int]

PROMPT_CHARACTERS = 4000
REFERENCES = 5
DATA_URI_STARTS = tuple(f"data:image/{kind};base64," for kind in ("png", "jpeg", "webp"))

# code: (HTTP status, message)
REFUSALS: Mapping[str, tuple[int, str]] = {
    "invalid_json": (400, "The request body is not valid JSON"),
    "missing_model": (400, "Missing required field: model"),
    "missing_input": (400, "Missing required field: input"),
    "invalid_input": (400, "Invalid input"),
    "model_not_found": (400, "Model not found"),
    "missing_api_key": (401, "Missing API key"),
    "invalid_api_key": (401, "Invalid API key"),
    "insufficient_balance": (402, "Insufficient balance"),
    "api_key_spend_limit_exceeded": (403, "This API key has reached its spend limit"),
    "ip_not_allowed": (403, "This IP address is not allowed for this API key"),
    "run_not_found": (404, "Run not found"),
    "RATE_LIMITED": (429, "Rate limit exceeded"),
    "USAGE_EXCEEDED": (429, "Usage limit exceeded"),
}


class Refusal(Exception):
    """A documented error; `detail` takes the place of the usual message."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.status, message = REFUSALS[code]
        self.message = detail or message


@dataclass(frozen=True)
class Model:
    sizes: Mapping[str, Size]  # by aspect ratio, the default first
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # further parameters and their values


def _by_longest_edge(*ratios: str) -> Mapping[str, Size]:
    """1024 on the longest edge: RunBase does not document the sizes of gpt-image-2."""
    parts = {ratio: tuple(map(int, ratio.split(":"))) for ratio in ratios}
    return {ratio: (round(1024 * w / max(w, h)), round(1024 * h / max(w, h))) for ratio, (w, h) in parts.items()}


_FIXED = {"1:1": (1024, 1024), "3:2": (1536, 1024), "2:3": (1024, 1536)}
MODELS: Mapping[str, Model] = {
    "openai/gpt-image-1": Model(_FIXED),
    "openai/gpt-image-1.5": Model(_FIXED, {"quality": ("medium", "high")}),
    "openai/gpt-image-2": Model(
        _by_longest_edge("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"),
        {"resolution": ("1K", "2K", "4K")},
    ),
}


@dataclass(frozen=True)
class Wanted:
    """A request for a run that RunBase would accept."""

    model: str
    prompt: str
    aspect_ratio: str
    image_urls: tuple[str, ...]
    size: Size


def parse(body: bytes, content_type: str, *, takes_data_uris: bool = False) -> Wanted:
    """Raises: Refusal, for the first thing that is wrong."""
    document = _document(body, content_type)
    name, given = document.get("model"), document.get("input")
    if not isinstance(name, str) or not name:
        raise Refusal("missing_model")
    if name not in MODELS:
        raise Refusal("model_not_found", f"Model not found: {name}")
    if not isinstance(given, dict):
        raise Refusal("missing_input")
    if unknown := document.keys() - {"model", "input"}:
        raise Refusal("invalid_input", f"Unknown field: {min(unknown)}")
    return _checked(name, given, _CHECKS | {"image_urls": _are_urls_or_data} if takes_data_uris else _CHECKS)


def _document(body: bytes, content_type: str) -> dict[str, Any]:
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refusal("invalid_json", "The request body must be application/json")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal("invalid_json") from error
    if not isinstance(document, dict):
        raise Refusal("invalid_json", "The request body must be a JSON object")
    return document


def _checked(name: str, given: dict[str, Any], checks: "_Checks") -> Wanted:
    model = MODELS[name]
    checks = checks | dict.fromkeys(model.choices, _is_choice)
    if unknown := given.keys() - checks.keys():
        raise Refusal("invalid_input", f"Unknown parameter: {min(unknown)}")
    if "prompt" not in given:
        raise Refusal("invalid_input", "prompt is required")
    for parameter, value in given.items():
        if not checks[parameter](model, parameter, value):
            raise Refusal("invalid_input", f"Invalid value for {parameter}")
    ratio = given.get("aspect_ratio", next(iter(model.sizes)))
    factor = int(given.get("resolution", "1K")[0])
    width, height = model.sizes[ratio]
    return Wanted(name, given["prompt"], ratio, tuple(given.get("image_urls", ())), (width * factor, height * factor))


def _is_prompt(model: Model, parameter: str, value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= PROMPT_CHARACTERS


def _is_ratio(model: Model, parameter: str, value: object) -> bool:
    return isinstance(value, str) and value in model.sizes


def _is_choice(model: Model, parameter: str, value: object) -> bool:
    return isinstance(value, str) and value in model.choices[parameter]


def _are_urls(model: Model, parameter: str, value: object) -> bool:
    return isinstance(value, list) and 1 <= len(value) <= REFERENCES and all(map(_is_url, value))


def _are_urls_or_data(model: Model, parameter: str, value: object) -> bool:
    if not isinstance(value, list) or not 1 <= len(value) <= REFERENCES:
        return False
    return all(_is_url(one) or is_data_uri(one) for one in value)


def is_data_uri(value: object) -> bool:
    return isinstance(value, str) and value.startswith(DATA_URI_STARTS)


def _is_url(value: object) -> bool:
    """Public web addresses: whether RunBase takes data URIs is not documented."""
    if not isinstance(value, str) or any(c.isspace() for c in value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)


_Checks = dict[str, Callable[[Model, str, object], bool]]
_CHECKS: _Checks = {
    "prompt": _is_prompt,
    "aspect_ratio": _is_ratio,
    "image_urls": _are_urls,
}
