"""Every message id of the code is in the catalogues, and every id of the catalogues in the code."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

import bot

BOT = Path(bot.__file__).parent
ID = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
# Layers that say nothing to people: "experience.id" is a column there.
SILENT = ("storage", "matrix", "config")


@cache
def known_ids() -> set[str]:
    """Return the ids of the French catalogue; the English one has the same."""
    with (BOT / "locales" / "fr" / "LC_MESSAGES" / "bot.po").open("rb") as file:
        found = [message.id for message in read_po(file) if message.id]
    return {each if isinstance(each, str) else each[0] for each in found}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(BOT.rglob("*.py")):
        yield path.relative_to(BOT), ast.parse(path.read_text("utf-8"))


def nouns() -> set[str]:
    return {message_id.partition(".")[0] for message_id in known_ids()}


def composed(node: ast.JoinedStr) -> str | None:
    """Return a pattern for the ids that an f-string such as ``f"help.intent.{intent}"`` begins."""
    pattern = "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_]+"
        for part in node.values
    )
    return rf"{pattern}(?:\.[a-z_.]+)?" if pattern.partition(r"\.")[0] in nouns() else None


def is_said_by(node: ast.Call) -> bool:
    """Whether a call's first argument is a message id, whatever it looks like."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
    return name == "UserError"


def is_id(value: object, known_nouns: set[str]) -> bool:
    is_shaped = isinstance(value, str) and ID.fullmatch(value) is not None
    return is_shaped and str(value).partition(".")[0] in known_nouns


def ids_in(path: Path, module: ast.Module) -> Iterator[str]:
    """Yield the constants that are message ids by their shape or by whom they are given to."""
    known = nouns()
    in_speech = path.parts[0] not in SILENT
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and node.args and is_said_by(node):
            if isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)
        elif in_speech and isinstance(node, ast.Constant) and is_id(node.value, known):
            yield str(node.value)


def patterns_in(path: Path, module: ast.Module) -> Iterator[str]:
    """Yield the patterns of the ids that are composed in ``module``."""
    for node in ast.walk(module):
        if path.parts[0] not in SILENT and isinstance(node, ast.JoinedStr):
            pattern = composed(node)
            if pattern is not None:
                yield pattern


def test_no_message_is_stale() -> None:
    """Each id stands in the code, whole or as an f-string that starts with its noun."""
    used = {each for path, module in modules() for each in ids_in(path, module)}
    patterns = {each for path, module in modules() for each in patterns_in(path, module)}
    rest = sorted(known_ids() - used)
    assert [key for key in rest if not any(re.fullmatch(each, key) for each in patterns)] == []


def test_no_message_is_missing() -> None:
    known = known_ids()
    missing = {
        f"{path}: {message_id}"
        for path, module in modules()
        for message_id in ids_in(path, module)
        if message_id not in known
    }
    assert missing == set()


def test_no_composed_message_is_missing() -> None:
    known = known_ids()
    missing = {
        f"{path}: {pattern}"
        for path, module in modules()
        for pattern in patterns_in(path, module)
        if not any(re.fullmatch(pattern, message_id) for message_id in known)
    }
    assert missing == set()
