"""What every part promises the others; a failure names what was forgotten."""

import ast
import importlib
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table

import bot
from bot.command import Command
from bot.commands import COMMANDS, TWINS
from bot.config.settings import RetentionSettings, WelcomeSettings
from bot.i18n import LANGUAGES, Catalogue
from bot.jobs import due_jobs
from bot.reference import reference
from bot.register import renewed
from bot.storage import personal
from bot.storage.personal import What
from bot.storage.tables import metadata
from bot.text import fold

BOT = Path(bot.__file__).parent
ROOT = BOT.parent
FILES = sorted(path for path in BOT.rglob("*.py") if "migrations/versions" not in path.as_posix())
MOST_LINES = 250
MOST_LINES_OF_A_FUNCTION = 40

CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LAYERS = [
    {name.removeprefix("bot.") for name in layer.split(" | ")}
    for layer in CONTRACT["tool"]["importlinter"]["contracts"][0]["layers"]
]
"""From the top down, as `make lint` checks them: a layer imports from those below it."""

OWNERS = {
    "nio": {"matrix"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "click": {"__main__", "cli"},
    "apscheduler": {"scheduler"},
}
"""Who alone may import a library."""

CLOCK_CALLS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
CLOCK_READERS = {"clock.py"}

COMMAND_FILES = sorted(
    path for path in (BOT / "commands").glob("*.py") if path.name != "__init__.py"
)


def name_of(path: Path) -> str:
    return path.relative_to(BOT).as_posix()


def part_of(path: Path) -> str:
    return path.relative_to(BOT).parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "bot":
                yield from (f"bot.{alias.name}" for alias in node.names if alias.name[0] != "_")
            else:
                yield node.module


def level_of(part: str) -> int | None:
    return next((level for level, parts in enumerate(LAYERS) if part in parts), None)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_file_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_are_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert docstring.strip()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_is_left_for_later(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [word for word in ("TODO", "FIXME", "XXX") if word in text] == []


def test_every_part_has_its_place_among_the_layers() -> None:
    assert {part_of(path) for path in FILES} - {"__init__"} - set().union(*LAYERS) == set()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_go_downwards(path: Path) -> None:
    part = part_of(path)
    parts = {name.split(".")[1] for name in imports_of(path) if name.startswith("bot.")} - {part}
    level = level_of(part)
    assert {other for other in parts if level is not None and level >= (level_of(other) or 0)} == (
        set()
    )


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_library_stays_with_its_owner(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imports_of(path)}
    strayed = {
        library
        for library, owners in OWNERS.items()
        if library in libraries and part_of(path) not in owners
    }
    assert strayed == set()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_clock_reads_the_time(path: Path) -> None:
    calls = {
        (node.func.value.id, node.func.attr)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
    }
    assert path.name in CLOCK_READERS or not calls & CLOCK_CALLS


@pytest.mark.parametrize("path", COMMAND_FILES, ids=name_of)
def test_command_imports_no_other_command(path: Path) -> None:
    assert [name for name in imports_of(path) if name.startswith("bot.commands")] == []


@pytest.mark.parametrize("path", COMMAND_FILES, ids=name_of)
def test_command_file_is_in_the_table(path: Path) -> None:
    table = (BOT / "commands" / "__init__.py").read_text(encoding="utf-8")
    assert f"from bot.commands.{path.stem} import" in table


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.noun)
def test_command_has_its_texts(
    command: Command[object], language: str, catalogue: Catalogue
) -> None:
    for part in ("summary", "syntax", "example"):
        assert catalogue.text(f"command.{command.noun}.{part}", language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.noun)
def test_command_shows_itself_by_a_name_it_has(
    command: Command[object], language: str, catalogue: Catalogue
) -> None:
    names = {fold(name) for name in command.names}
    for part in ("syntax", "example"):
        text = catalogue.text(f"command.{command.noun}.{part}", language)
        shown = {fold(word.split()[0]) for word in text.split("{prefix}")[1:]}
        assert shown
        assert shown <= names


def test_names_of_commands_are_unique_in_all_languages() -> None:
    owners: dict[str, set[str]] = {}
    for command in COMMANDS:
        for name in command.names:
            owners.setdefault(fold(name), set()).add(command.noun)
    assert {name: nouns for name, nouns in owners.items() if len(nouns) > 1} == {}


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_table_says_what_it_keeps_of_people(table: Table) -> None:
    declared = personal.of_table(table)
    held = {personal.of_column(column) for column in table.columns}
    settings = {limit.setting for limit in declared.limits if limit.setting}

    assert {limit.after for limit in declared.limits} <= set(table.c.keys())
    assert settings <= RetentionSettings.model_fields.keys()
    assert bool(declared.limits) == (declared.until is personal.Until.OVER)
    # Of whom it is must be told by a column, or by the row of another table that it belongs to.
    whose = {What.PERSON, What.CONVERSATION, What.PLACE}
    is_about_somebody = bool(held & whose) or declared.belongs is not None or table.name == "due"
    assert is_about_somebody == (declared.erasure is not personal.Erasure.NONE)


def test_reactions_have_a_typed_twin() -> None:
    nouns = {command.noun for command in COMMANDS}
    assert {twin.noun for twin in TWINS} <= nouns


def test_every_kind_that_is_planned_has_a_job() -> None:
    kinds = {job.kind for job in due_jobs("fr", WelcomeSettings())}
    planners = [
        importlib.import_module(f"bot.services.{path.stem}")
        for path in (BOT / "services").glob("*.py")
        if " Due(" in path.read_text(encoding="utf-8")
    ]
    assert planners
    assert {planner.KIND for planner in planners} <= kinds


@pytest.mark.parametrize("language", LANGUAGES)
def test_reference_is_up_to_date(language: str, catalogue: Catalogue) -> None:
    page = ROOT / "docs" / f"commands.{language}.md"
    assert page.read_text(encoding="utf-8") == reference(COMMANDS, catalogue, language), (
        "write it anew: python -m bot.reference docs"
    )


def test_register_of_processing_is_up_to_date(catalogue: Catalogue) -> None:
    page = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert page == renewed(page, catalogue), "write it anew: python -m bot.register docs/privacy.md"
