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
