"""Experience export: experiences leave the bot in a zip, as pages to read or rows to count with."""

import csv
import io
import json
import zipfile
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum

from bot.i18n import Catalogue
from bot.ids import RoomId
from bot.services.experience_record import COLUMNS, KNOWN, record_of
from bot.storage import experience_record
from bot.storage.database import Database
from bot.storage.experience import FIELDS, Experience

Labels = Mapping[str, str]
"""What each field is called in the language of who reads the pages."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula (OWASP, CSV injection); an apostrophe before it helps."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip: the same experiences make the same bytes."""


class Format(StrEnum):
    """What the zip holds."""

    MARKDOWN = "md"
    JSON = "json"
    CSV = "csv"


def labels_in(words: Catalogue, language: str) -> Labels:
    """Return what the fields are called in ``language``."""
    return {name: words.text(f"experience.field.{name}", language) for name in FIELDS}


async def read(
    database: Database,
    rooms: Collection[RoomId],
    on_progress: Callable[[int], Awaitable[None]] | None = None,
) -> list[Experience]:
    """Return the experiences of ``rooms``, portion by portion; tell how many there are so far."""
    items: list[Experience] = []
    while True:
        async with database.read() as snapshot:
            few = await experience_record.after(snapshot, rooms, items[-1].id if items else 0)
        if not few:
            return items
        items += few
        if on_progress is not None:
            await on_progress(len(items))


def archive(items: Sequence[Experience], wanted: Format, labels: Labels) -> bytes:
    """Return the zip of ``items``; never on the event loop, as `pack`."""
    by_number = {item.id: item for item in items}
    records = [record_of(item, by_number.get(item.parent_id or 0)) for item in items]
    return pack(records, wanted, labels)


def pack(records: Sequence[Mapping[str, str]], wanted: Format, labels: Labels) -> bytes:
    """Return the zip; takes a second for some ten thousand, so never on the event loop."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _files(records, wanted, labels):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _files(
    records: Sequence[Mapping[str, str]], wanted: Format, labels: Labels
) -> Iterable[tuple[str, str]]:
    if wanted is Format.MARKDOWN:
        for record in records:
            yield f"experiences/{record['id']}.md", to_markdown(record, labels)
    elif wanted is Format.JSON:
        plain = [{name: value for name, value in record.items() if value} for record in records]
        yield "experiences.json", json.dumps(plain, ensure_ascii=False, indent=1) + "\n"
    else:
        yield "experiences.csv", to_csv(records)


def to_markdown(record: Mapping[str, str], labels: Labels) -> str:
    """Return one page: what is known in front, as YAML, then the words under their headings.

    A line of the words that would be a heading has a backslash before it.
    """
    front = [f"{name}: {_scalar(record[name])}" for name in KNOWN if record.get(name)]
    body = [
        f"## {labels[name]}\n\n{_without_headings(record[name])}\n"
        for name in FIELDS
        if record.get(name)
    ]
    return "\n".join(["---", *front, "---", "", *body])


def to_csv(records: Iterable[Mapping[str, str]]) -> str:
    """Return a table with a heading row; the mark at its beginning tells Excel that it is UTF-8."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for record in records:
        table.writerow([harmless(record.get(name, "")) for name in COLUMNS])
    return "\ufeff" + written.getvalue()


def harmless(cell: str) -> str:
    """Return ``cell`` as no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith((*FORMULA, "'")) else cell


def _scalar(value: str) -> str:
    """Return a string as YAML: JSON is a part of it (YAML 1.2, 1.3) but for some control signs."""
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in quoted)


def _without_headings(text: str) -> str:
    return "\n".join(
        "\\" + line if line.lstrip("\\").startswith("#") else line for line in text.split("\n")
    )
