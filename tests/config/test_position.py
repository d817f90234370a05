import pytest

from bot.config.position import line_of

TEXT = '''\
top = 1
[a]  # comment = 3
b = "x"

list = [
  "one",
  # between
  "two", "three",
]
long = """
b = 1
"""
a.dotted.key = 2
[c.d]
inline = { x = 1, y = [1, 2] }
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 1),
        (("a",), 2),
        (("a", "b"), 3),
        (("a", "list"), 5),
        (("a", "list", 0), 6),
        (("a", "list", 2), 8),
        (("a", "long"), 10),
        (("a", "a", "dotted", "key"), 13),
        (("c", "d"), 14),
        (("c", "d", "inline", "y", 1), 15),
        (("a", "missing"), None),
        (("a", "list", 3), None),
    ],
)
def test_line_of_finds_the_first_line_with_a_value(
    path: tuple[str | int, ...], line: int | None
) -> None:
    assert line_of(TEXT, path) == line
