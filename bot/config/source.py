"""Reads the settings from file, credentials and environment, or says everything that is wrong."""

import importlib.util
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource

from bot.config.position import line_of, line_of_syntax_error
from bot.config.problem import Problem, example_of, problem_of, unknown
from bot.config.secret import read_secret, secret_problem
from bot.config.settings import Settings, StorageSettings
from bot.errors import OperatorError

_PREFIX = "BOT_"
_SECRETS = (
    ("matrix", "password_file"),
    ("matrix", "access_token_file"),
    ("caldav", "password_file"),
)
_PATHS = (*_SECRETS, ("matrix", "pickle_key_file"), ("storage", "data_dir"))
_FILE_URL = re.compile("sqlite:///(?!$|:memory:)")

Tables = dict[str, object]


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Return the settings of the file, overridden by ``BOT_TABLE__KEY`` variables.

    A file named ``BOT_TABLE__KEY`` in ``$CREDENTIALS_DIRECTORY`` counts as such a variable, and a
    password, token or key file is looked for there first. Relative paths are relative to the file.
    Raises ``OperatorError`` with exit code 2 and one line for each thing that is wrong, all at
    once: ``file:line: key: what is wrong (for example …)``, or ``VARIABLE: …``.
    """
    source = _read(path, environ)
    tables = source.merged()
    problems = [
        *source.unknown_variables(),
        *_login_problems(tables),
        *_caldav_problems(tables),
        *_secret_problems(tables),
        *_driver_problems(tables),
    ]
    settings: Settings | None = None
    try:
        # mypy knows the fields, not that a mapping is validated into them.
        settings = Settings(**tables)  # type: ignore[arg-type]
    except ValidationError as error:
        problems += [problem_of(details, Settings) for details in error.errors()]
    if problems or settings is None:
        raise OperatorError("\n".join(source.located(problems)), exit_code=2)
    return settings


@dataclass(frozen=True, slots=True)
class _Source:
    """What was found where."""

    path: Path
    text: str
    document: Tables
    variables: Mapping[str, str]
    credentials: Path | None = field(default=None)

    def merged(self) -> Tables:
        """Return the tables of the file with the variables put in and the paths made absolute."""
        merged = {
            name: dict(table) if isinstance(table, dict) else table
            for name, table in self.document.items()
        }
        for name in Settings.model_fields:
            merged.setdefault(name, {})  # so that each missing setting of it is named
        for name, values in _Environment(self.variables)().items():
            table = merged[name]
            if isinstance(table, dict):
                table.update(values)
        self._anchor(merged)
        return merged

    def _anchor(self, tables: Tables) -> None:
        base = self.path.absolute().parent
        for table, key in _PATHS:
            section = tables.get(table)
            value = section.get(key) if isinstance(section, dict) else None
            if not isinstance(section, dict) or not isinstance(value, str):
                continue
            handed = self.credentials / value if self.credentials else None
            is_handed = key != "data_dir" and handed is not None and handed.is_file()
            section[key] = str(handed if is_handed else base / Path(value).expanduser())
        storage = tables["storage"]
        if isinstance(storage, dict):
            default = StorageSettings()
            storage.setdefault("data_dir", str(base / default.data_dir))
            url = storage.get("url", default.url.get_secret_value())
            if isinstance(url, str) and _FILE_URL.match(url):
                storage["url"] = f"sqlite:///{base / url.removeprefix('sqlite:///')}"

    def unknown_variables(self) -> Iterator[Problem]:
        """Yield a problem for each variable of a table that does not exist."""
        for name in self.variables:
            path = _path_of(name)
            if path[0] not in Settings.model_fields:
                yield unknown(path, Settings)

    def located(self, problems: list[Problem]) -> list[str]:
        """Return the lines to show: those of the file in its order, then those of variables."""
        names = {_path_of(name): name for name in self.variables}
        lines: dict[tuple[int, str], None] = {}
        for problem in problems:
            name = names.get(tuple(map(str, problem.path[:2])))
            if name is not None:
                said = str(problem).partition(": ")[2]
                lines[1_000_000, f"{name}: {said}"] = None
                continue
            line = line_of(self.text, problem.path) or line_of(self.text, problem.path[:1])
            place = f"{self.path}:{line}" if line else f"{self.path}"
            lines[line or 0, f"{place}: {problem}"] = None
        return [text for _, text in sorted(lines)]


class _Environment(EnvSettingsSource):
    """Variables of pydantic-settings, from a mapping; lists as JSON or separated by commas."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(Settings)
        self.env_vars = {name.lower(): value for name, value in variables.items()}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: str) -> object:
        """Read a list; what is not JSON is taken as texts between commas."""
        del field_name, field
        try:
            return json.loads(value)
        except ValueError:
            return [part.strip() for part in value.split(",") if part.strip()]


def _read(path: Path, environ: Mapping[str, str]) -> _Source:
    directory = environ.get("CREDENTIALS_DIRECTORY")
    credentials = Path(directory) if directory else None
    variables = {name: value for name, value in environ.items() if _is_ours(name)}
    if credentials is not None and credentials.is_dir():
        handed = {file.name: file for file in sorted(credentials.iterdir()) if _is_ours(file.name)}
        variables |= {name: read_secret(file) for name, file in handed.items()}
    try:
        text = path.read_text(encoding="utf-8-sig")
        document: Tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, what = line_of_syntax_error(error, text)
        raise OperatorError(f"{path}:{line}: this is not TOML: {what}", exit_code=2) from None
    except UnicodeDecodeError:
        raise OperatorError(f"{path}: the file is not text in UTF-8", exit_code=2) from None
    except OSError as error:
        what = f"{path}: the file cannot be read: {error.strerror}"
        raise OperatorError(what, exit_code=2) from None
    return _Source(path, text, document, variables, credentials)


def _is_ours(name: str) -> bool:
    return name.upper().startswith(_PREFIX) and "__" in name[len(_PREFIX) + 1 :]


def _path_of(name: str) -> tuple[str, ...]:
    return tuple(name[len(_PREFIX) :].lower().split("__"))


def _login_problems(tables: Tables) -> Iterator[Problem]:
    """Yield what keeps the bot from logging in: one way is needed, and exactly one."""
    matrix = tables.get("matrix")
    if not isinstance(matrix, dict):
        return
    has_password, has_token = "password_file" in matrix, "access_token_file" in matrix
    if has_password and has_token:
        yield Problem(("matrix", "access_token_file"), "give this or password_file, not both")
    elif has_token and "device_id" not in matrix:
        path = ("matrix", "device_id")
        what = "is missing: an access token belongs to a device"
        yield Problem(path, what, example_of(path, Settings))
    elif not has_password and not has_token:
        path = ("matrix", "password_file")
        yield Problem(path, "is missing", example_of(path, Settings))


def _caldav_problems(tables: Tables) -> Iterator[Problem]:
    """Yield what is missing beside the address of a calendar server."""
    caldav = tables.get("caldav")
    if not isinstance(caldav, dict) or not caldav.get("url"):
        return
    for key in ("user", "password_file", "rooms"):
        if not caldav.get(key):
            path = ("caldav", key)
            yield Problem(path, "is missing: caldav.url needs it", example_of(path, Settings))


def _secret_problems(tables: Tables) -> Iterator[Problem]:
    """Yield every file of a secret that is missing, empty or open to others."""
    for table, key in _SECRETS:
        section = tables.get(table)
        value = section.get(key) if isinstance(section, dict) else None
        what = secret_problem(Path(value)) if isinstance(value, str) else None
        if what is not None:
            yield Problem((table, key), what)
    matrix = tables.get("matrix")
    key_file = matrix.get("pickle_key_file") if isinstance(matrix, dict) else None
    if isinstance(key_file, str) and Path(key_file).exists():
        what = secret_problem(Path(key_file))
        if what is not None:
            yield Problem(("matrix", "pickle_key_file"), what)


def _driver_problems(tables: Tables) -> Iterator[Problem]:
    """Yield what the database named cannot do, or that its driver, an extra, is not installed."""
    storage = tables.get("storage")
    url = storage.get("url") if isinstance(storage, dict) else None
    is_postgresql = isinstance(url, str) and url.startswith("postgresql://")
    if isinstance(storage, dict) and storage.get("standby") is True and not is_postgresql:
        what = "needs PostgreSQL in storage.url: an SQLite file belongs to one machine"
        yield Problem(("storage", "standby"), what)
    if is_postgresql and importlib.util.find_spec("asyncpg") is None:
        what = "PostgreSQL needs its driver: run pip install 'compagnon[postgres]'"
        yield Problem(("storage", "url"), what)
