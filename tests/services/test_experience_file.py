"""Experiences that were written are read again as they were; nothing in a file can do harm."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.services import experience_file
from bot.services.experience_export import FORMULA, Format, harmless, pack, to_csv, to_markdown
from bot.services.experience_file import find, from_markdown
from bot.services.experience_record import COLUMNS
from bot.storage.experience import FIELDS
from bot.text import fold

LABELS = {name: name.capitalize() for name in FIELDS}
NAMES = {fold(label): name for name, label in LABELS.items()}
RECORD = {
    **dict.fromkeys(COLUMNS, ""),
    "key": "$source:example.org",
    "id": "E12",
    "author": "@jo:example.org",
    "room": "!accueil:example.org",
    "created_at": "2026-03-24T13:00:00+00:00",
    "visibility": "room",
    "tags": "achat papier",
    "problem": "Personne ne lit : « le règlement »\n## Annexe\n\\# et le reste",
    "solution": "une page dessinée",
    "world": "public",
}
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), min_size=1
).map(str.strip)
"""What may be typed, but for control signs, which no field keeps."""


def values(data: bytes) -> list[Mapping[str, str]]:
    return [record.values for record in find(data, NAMES).records]


def told(record: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in record.items() if value}


@pytest.mark.parametrize("wanted", list(Format))
def test_what_was_written_is_read_again(wanted: Format) -> None:
    other = {**RECORD, "key": "$other", "id": "E13", "problem": "=1+1", "note": "-2"}
    found = values(pack([RECORD, other], wanted, LABELS))
    assert [{**each, "world": "public"} for each in found] == [told(RECORD), told(other)]


@pytest.mark.parametrize("wanted", list(Format))
@given(words=WORDS.filter(lambda text: any(map(str.isalnum, text)) and len(text) < 4000))
def test_any_words_are_read_again(wanted: Format, words: str) -> None:
    record = {**RECORD, "problem": words, "world": ""}
    [found] = values(pack([record], wanted, LABELS))
    assert found["problem"] == words


def test_same_experiences_make_the_same_bytes() -> None:
    assert pack([RECORD], Format.CSV, LABELS) == pack([RECORD], Format.CSV, LABELS)


@pytest.mark.parametrize("sign", [*FORMULA, "'"])
def test_cell_is_no_formula(sign: str) -> None:
    table = to_csv([{**RECORD, "problem": f"{sign}cmd|' /C calc'!A0"}])
    [_, row] = csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline=""))
    assert row[COLUMNS.index("problem")].startswith("'")
    assert harmless("12 rue") == "12 rue"


def test_page_is_one_that_people_read() -> None:
    page = to_markdown(RECORD, LABELS)
    assert page.startswith('---\nkey: "$source:example.org"\nid: "E12"\n')
    assert "\n---\n\n## Problem\n\nPersonne ne lit" in page
    assert "\n\\## Annexe" in page
    assert from_markdown(page, NAMES)["problem"] == RECORD["problem"]


def test_front_matter_by_hand_is_read_as_it_is_meant() -> None:
    page = "---\nkey: mine-1\ntags: 'achat papier'\nevil: 7\n---\n# Titre\n\n## Problem\nUn\n"
    assert from_markdown(page, NAMES) == {
        "key": "mine-1", "tags": "achat papier", "problem": "Un",
    }  # fmt: skip


@pytest.mark.parametrize(
    "table",
    [
        "title;problem;solution\r\nTitre;Un;Deux\r\n".encode("cp1252"),
        "\ufeffTitle,Problem,Solution,Autre\nTitre,Un,Deux,x\n".encode(),
        b"TITLE\tproblem\tsolution\nTitre\tUn\tDeux\n\n",
    ],
)
def test_table_of_any_spreadsheet_is_read(table: bytes) -> None:
    [found] = values(table)
    assert found == {"title": "Titre", "problem": "Un", "solution": "Deux"}


def test_row_without_a_key_is_known_again_by_its_words() -> None:
    first = find(b"problem,solution\nUn,Deux\n", NAMES).records[0]
    second = find(b"solution,problem\nDeux,Un\n", NAMES).records[0]
    other = find(b"problem,solution\nUn,Trois\n", NAMES).records[0]
    assert first.source == second.source != other.source
    assert first.source.startswith("import:")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",", "empty"),
        ("…,—", "empty"),
        ("x" * 4001 + ",b", "too_long"),
    ],
)
def test_row_that_is_no_experience_is_rejected_with_its_place(row: str, reason: str) -> None:
    found = find(f"problem,solution,title\n{row},\nUn,Deux,\n".encode(), NAMES)
    rejected = [(item.place, item.reason) for item in found.rejected]
    assert rejected == ([("2", reason)] if row != "," else [])
    assert len(found.records) == 1


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("created_at", "hier", "no_date"),
        ("status_at", "32/13/2026", "no_date"),
        ("visibility", "everybody", "unknown"),
        ("status", "dead", "unknown"),
        ("world", "la lune", "unknown"),
        ("title", "x" * 4001, "too_long"),
        ("author", "@" + "x" * 300, "too_long"),
    ],
)
def test_column_with_a_wrong_value_is_named(column: str, value: str, reason: str) -> None:
    rows = json.dumps([{"problem": "Un", column: value}])
    [rejected] = find(rows.encode(), NAMES).rejected
    assert (rejected.place, rejected.reason, rejected.params["column"]) == ("#1", reason, column)


def test_same_record_twice_counts_once() -> None:
    found = find(b"problem\nUn\nUn\n", NAMES)
    assert len(found.records) == 1
    assert [(item.place, item.reason) for item in found.rejected] == [("3", "twice")]


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(UserError) as caught:
        find(data, NAMES)
    return caught.value.message_id


def test_zip_bomb_is_refused_before_it_unfolds() -> None:
    bomb = zipped(**{"a.csv": bytes(experience_file.UNPACKED_LIMIT_BYTES + 1)})
    assert len(bomb) < 100_000
    assert refusal(bomb) == "experience_import.too_large"


def test_zip_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(zipped(**{"a.csv": bytes(experience_file.UNPACKED_LIMIT_BYTES * 2)}))
    at = bomb.rindex(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert refusal(bytes(bomb)).startswith("experience_import.")


def test_zip_of_many_files_is_refused() -> None:
    many = {f"{n}.md": b"" for n in range(experience_file.MOST + 1)}
    assert refusal(zipped(**many)) == "experience_import.too_many"


def test_table_of_many_rows_is_refused() -> None:
    rows = "\n".join(f"Un {n}" for n in range(experience_file.MOST + 1))
    assert refusal(f"problem\n{rows}".encode()) == "experience_import.too_many"


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04 broken", b"[", b"[" * 100_000, b"\x89PNG\r\n", b"a,b\n1,2\n",
     b"problem\n" + b'"' + b"x" * 200_000 + b'"\n', zipped(**{"a.json": b"{"})],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    assert refusal(data).startswith("experience_import.")


def test_names_in_a_zip_lead_nowhere() -> None:
    found = find(zipped(**{"../../etc/evil.csv": b"problem\nUn\n", "photo.exe": b"x"}), NAMES)
    assert len(found.records) == 1
