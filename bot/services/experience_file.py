"""Experience file: what is read out of a file that somebody sent, record by record.

Nothing is unpacked to the disk; what a file may hold is limited before it is read.
"""

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.errors import UserError
from bot.i18n import LANGUAGES, Catalogue
from bot.services.experience_export import FORMULA
from bot.services.experience_record import COLUMNS, KNOWN, Record, RejectedError, read
from bot.storage.experience import FIELDS
from bot.text import fold

FILE_LIMIT_BYTES = 20_000_000
"""Of what is downloaded."""

UNPACKED_LIMIT_BYTES = 50_000_000
"""Of all that a zip holds; a zip of 20 MB of nothing but noughts would have 20 GB."""

MOST = 2_000
"""Experiences of one file: more would keep everybody else waiting while they are written."""

Names = Mapping[str, str]
"""Fields by what they are called in any language, folded."""


def names_in_all(words: Catalogue) -> Names:
    """Return the fields by their names in all languages, as a heading or a column has them."""
    return {
        fold(words.text(f"experience.field.{name}", language)): name
        for language in LANGUAGES
        for name in (*FIELDS, "tags")
    }


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something at ``place`` that is no experience; ``reason`` ends the id of what says why."""

    place: str
    reason: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds; a record that comes twice counts once."""

    records: tuple[Record, ...]
    rejected: tuple[Rejected, ...]


def find(data: bytes, names: Names) -> Found:
    """Return what ``data`` holds: a zip, a table or a list; never on the event loop.

    Raises UserError for what is none of them, or holds too much.
    """
    records: dict[str, Record] = {}
    rejected: list[Rejected] = []
    for count, (place, given) in enumerate(_rows(data, names), 1):
        if count > MOST:
            raise UserError("experience_import.too_many", limit=MOST)
        try:
            record = read(place, given)
        except RejectedError as error:
            rejected.append(Rejected(place, error.reason, error.params))
            continue
        if record.source in records:
            rejected.append(Rejected(place, "twice", {"other": records[record.source].place}))
        else:
            records[record.source] = record
    return Found(tuple(records.values()), tuple(rejected))


def _rows(data: bytes, names: Names) -> Iterator[tuple[str, Mapping[str, str]]]:
    if data.startswith(b"PK"):
        for name, content in _unpacked(data):
            yield from _rows_of(name, content, names)
        return
    is_list = data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"[")
    yield from _rows_of("experiences.json" if is_list else "experiences.csv", data, names)


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files in a zip; raises UserError as soon as they are too large together."""
    room = UNPACKED_LIMIT_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = [item for item in archive.infolist() if not item.is_dir()]
            if len(listed) > MOST:
                raise UserError("experience_import.too_many", limit=MOST)
            for item in listed:
                # What a zip says of its sizes is its own claim: counted is what comes out.
                with archive.open(item) as file:
                    content = file.read(room + 1)
                room -= len(content)
                if room < 0:
                    limit = UNPACKED_LIMIT_BYTES // 1_000_000
                    raise UserError("experience_import.too_large", limit=limit)
                yield item.filename, content
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
        raise UserError("experience_import.unreadable") from None


def _rows_of(name: str, content: bytes, names: Names) -> Iterator[tuple[str, Mapping[str, str]]]:
    text = _decoded(content)
    if name.endswith(".md"):
        yield name, from_markdown(text, names)
    elif name.endswith(".json"):
        yield from _from_json(text)
    elif name.endswith(".csv"):
        yield from _from_csv(text, names)


def _decoded(content: bytes) -> str:
    """Return the text; a table that Excel saved on a French machine is not in UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def from_markdown(text: str, names: Names) -> Mapping[str, str]:
    """Return what a page tells; headings that are no field's belong to the words above."""
    front, _, body = text.replace("\r\n", "\n").removeprefix("---\n").partition("\n---\n")
    values: dict[str, str] = {}
    for line in front.split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip() in KNOWN:
            values[name.strip()] = _unquoted(value.strip())
    field: str | None = None
    for line in body.split("\n"):
        heading = names.get(fold(line[3:].strip())) if line.startswith("## ") else None
        if heading is not None:
            field = heading
        elif field is not None:
            plain = line.removeprefix("\\") if line.lstrip("\\").startswith("#") else line
            values[field] = f"{values[field]}\n{plain}" if field in values else plain
    return {name: value.strip("\n") for name, value in values.items()}


def _unquoted(value: str) -> str:
    try:
        found = json.loads(value)
    except ValueError:
        return value.strip("'\"")
    return found if isinstance(found, str) else value


def _from_json(text: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise UserError("experience_import.unreadable") from None
    for number, row in enumerate(found if isinstance(found, list) else [], 1):
        values = row if isinstance(row, dict) else {}
        given = {name: value for name, value in values.items() if isinstance(value, str)}
        yield f"#{number}", given


def _from_csv(text: str, names: Names) -> Iterator[tuple[str, Mapping[str, str]]]:
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = [_column(cell, names) for cell in next(table, [])]
        if not set(columns) & set(FIELDS):
            raise UserError("experience_import.no_columns")
        for cells in table:
            if any(cells):
                row = zip(columns, cells, strict=False)
                given = {name: _meant(cell) for name, cell in row if name is not None}
                yield f"{table.line_num}", given
    except csv.Error:
        raise UserError("experience_import.unreadable") from None


def _column(cell: str, names: Names) -> str | None:
    name = cell.strip().lstrip("\ufeff").lower()
    return name if name in COLUMNS else names.get(fold(name))


def _meant(cell: str) -> str:
    """Return a cell without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*FORMULA, "'")) else cell
