"""Experience export: experiences leave the bot in a zip, as pages to read or rows to count with."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from bot.services.experience_record import COLUMNS, KNOWN
from bot.storage.experience import FIELDS

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
