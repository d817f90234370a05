"""What the documentation says of this repository is so."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEST = re.compile(r"`(tests/[\w/]+\.py)?::(test_\w+)`")


def named_tests(page: Path) -> Iterator[tuple[str, str]]:
    """Yield file and function; ``::name`` alone is one of the file named before it."""
    file = ""
    for found in TEST.finditer(page.read_text(encoding="utf-8")):
        file = found[1] or file
        yield file, found[2]


def test_every_test_that_a_page_names_is_there() -> None:
    named = {each for page in (ROOT / "docs").rglob("*.md") for each in named_tests(page)}

    missing = [
        (file, name)
        for file, name in sorted(named)
        if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]

    assert len(named) > 50
    assert missing == []


def test_every_row_of_attacks_and_faults_names_its_test() -> None:
    lines = (ROOT / "docs" / "security.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| # |")]
    rows = [row for row in rows if row.split(" | ")[-1] != "Held by |"]
    attacks = [int(row.split(" ")[1]) for row in rows if row.split(" ")[1].isdecimal()]

    assert attacks == list(range(1, 17))
    assert len(rows) > 40
    assert [row for row in rows if not TEST.search(row)] == []


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    listed = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    titles = [page.read_text(encoding="utf-8").splitlines()[0] for page in pages]
    numbers = [title.partition(". ")[0] for title in titles]
    links = [
        f"| {n} | [{title.partition('. ')[2]}](adr/{page.name}) |"
        for n, (title, page) in enumerate(zip(titles, pages, strict=True), 1)
    ]

    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    assert numbers == [f"# {n}" for n in range(1, len(pages) + 1)]
    assert [link for link in links if link not in listed] == []


def test_glossary_is_sorted_and_has_each_noun_once() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    nouns = re.findall(r"^\| \*\*(.+?)\*\*", page, re.MULTILINE)

    assert nouns == sorted(set(nouns))


def test_files_that_the_architecture_names_are_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:bot/|tests/)?[\w/]+\.py)`", page))

    assert len(named) > 20
    assert [n for n in sorted(named) if not {(ROOT / n), (ROOT / "bot" / n)} & set(_files())] == []


def _files() -> list[Path]:
    return [*(ROOT / "bot").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
