"""Asks the operator for settings, each held against its rule before the next is asked."""

from collections.abc import Mapping

import click
from pydantic import BaseModel, ValidationError

from bot.config.problem import problem_of
from bot.config.settings import Settings


class SettingType(click.ParamType[str]):
    """The value of one setting, as text; a wrong one is refused with the setting's sentence."""

    name = "text"

    def __init__(self, table: str, key: str) -> None:
        section = Settings.model_fields[table].annotation
        if not (isinstance(section, type) and issubclass(section, BaseModel)):
            raise TypeError(f"{table} is no table of settings")
        self._section = section
        self._table, self._key = table, key
        self._is_list = section.model_fields[key].default == ()

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the value as it was given, once its setting accepts it."""
        text = str(value).strip()
        try:
            self._section.model_validate({self._key: text.split() if self._is_list else text})
        except ValidationError as error:
            for details in error.errors():
                if details["loc"][0] == self._key:  # the others are yet to be asked
                    problem = problem_of(details, Settings, within=(self._table,))
                    self.fail(str(problem).partition(": ")[2], param, ctx)
        return text


def ask(question: str, kind: SettingType, default: str | None = None) -> str:
    """Ask until the answer is one the setting accepts; an empty ``default`` makes it optional."""
    answer: str = click.prompt(question, type=kind, default=default, show_default=bool(default))
    return answer


def refuse_missing(given: Mapping[str, object]) -> None:
    """Raise click's UsageError that names every flag of ``given`` without a value."""
    missing = [flag for flag, value in given.items() if value is None]
    if missing:
        raise click.UsageError(f"--non-interactive needs {', '.join(missing)}")
