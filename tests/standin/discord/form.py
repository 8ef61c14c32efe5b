"""The tree of form errors that comes with code 50035."""

from collections.abc import Sized
from typing import Any

from tests.standin.discord.refusals import Json, Refusal, refusal

Path = tuple[str | int, ...]


class Form:
    """Collects faults by path; `close` refuses when there are any. Messages are Discord's own."""

    def __init__(self, at: Path = ()) -> None:
        self._at = at
        self._errors: Json = {}

    def fault(self, path: Path, code: str, message: str) -> None:
        place = self._errors
        for step in (*self._at, *path):
            place = place.setdefault(str(step), {})
        place.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: Path, value: Any) -> None:
        if value is None or value == "":
            self.fault(path, "BASE_TYPE_REQUIRED", "This field is required")

    def length(self, path: Path, value: Any, *, most: int, least: int = 0) -> None:
        """Absent values pass."""
        if isinstance(value, str):
            self._measure(path, value, least, most)
        elif value is not None:
            self.fault(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")

    def count(self, path: Path, values: Any, *, most: int, least: int = 0) -> None:
        if isinstance(values, list):
            self._measure(path, values, least, most)
        else:
            self.fault(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")

    def one_of(self, path: Path, value: Any, allowed: tuple[int, ...]) -> bool:
        if value in allowed:
            return True
        shown = ", ".join(map(str, allowed))
        self.fault(path, "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({shown},).')
        return False

    def close(self) -> None:
        if self._errors:
            raise self.refusal()

    def refusal(self) -> Refusal:
        return refusal(50035, errors=self._errors)

    def _measure(self, path: Path, value: Sized, least: int, most: int) -> None:
        if least <= len(value) <= most:
            return
        if least:
            self.fault(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        else:
            self.fault(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
