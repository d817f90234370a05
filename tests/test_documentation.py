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

    assert attacks == list(range(1, 16))
    assert len(rows) > 40
    assert [row for row in rows if not TEST.search(row)] == []
