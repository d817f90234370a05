"""Turns what validation finds wrong into one line an operator can act on."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]

_WORDS = {
    "refused": "{what}",
    "missing": "is missing",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "tuple_type": "must be a list",
    "string_type": "must be a text in quotes",
    "path_type": "must be a text in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "has characters that are not allowed here",
}
"""What is said for the error types of pydantic 2 that a setting can meet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that is wrong, why, and an example of a right value (may be empty)."""

    path: Path
    what: str
    example: str = ""

    def __str__(self) -> str:
        """Say ``key: what is wrong (for example …)``."""
        key = ".".join(map(str, self.path))
        hint = f" (for example {self.example})" if self.example else ""
        return f"{key}: {self.what}{hint}"


def problem_of(error: ErrorDetails, settings: type[BaseModel], within: Path = ()) -> Problem:
    """Translate one error of pydantic; the value appears only where its field repeats it.

    ``within`` is the table that was validated, where it was not all of them.
    """
    path: Path = (*within, *error["loc"])
    context: Mapping[str, object] = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        return unknown(path, settings)
    example = str(context.get("example") or "") or example_of(path, settings)
    words = _WORDS.get(error["type"], "is not valid")
    return Problem(path, words.format_map(context), example)


def unknown(path: Path, settings: type[BaseModel]) -> Problem:
    """Name a setting that does not exist, with the one that was probably meant."""
    known = [".".join(key) for key in setting_paths(settings)]
    wanted = ".".join(map(str, path))
    if len(path) == 1:
        known = list(settings.model_fields)
    elif moved := [key for key in known if key.partition(".")[2] == path[-1]]:
        known = moved
        wanted = moved[0]
    close = difflib.get_close_matches(wanted, known, n=1)
    hint = f", did you mean {close[0]}?" if close else ""
    return Problem(path, f"unknown {'table' if len(path) == 1 else 'setting'}{hint}")


def example_of(path: Path, settings: type[BaseModel]) -> str:
    """Return the example of a setting as it is said in a sentence: texts without quotes."""
    field = _field(path, settings)
    if field is None or not field.examples:
        return ""
    example: object = field.examples[0]
    if isinstance(example, list):
        return str(example[0]) if isinstance(path[-1], int) else json.dumps(example)
    return str(example)


def setting_paths(settings: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield table and key of every setting there is."""
    for table, field in settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            for key in section.model_fields:
                yield table, key


def _field(path: Sequence[str | int], settings: type[BaseModel]) -> FieldInfo | None:
    field: FieldInfo | None = None
    model: object = settings
    for key in path:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            break
        field = model.model_fields.get(str(key))
        model = field.annotation if field else None
    return field
