"""Which name a mistyped word is close to."""

import pytest

from bot.router.suggestion import closest_name

NAMES = ("ping", "partage", "cherche", "exp", "aide", "rappel", "share", "search")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("pign", "ping"),
        ("PNIG", "ping"),
        ("partge", "partage"),
        ("prtaeg", "partage"),
        ("pratgae", "partage"),
        ("rptgaee", None),
        ("partgae", "partage"),
        ("partager", "partage"),
        ("charche", "cherche"),
        ("cherchez", "cherche"),
        ("par", "partage"),
        ("pa", None),
        ("exq", None),
        ("bonjour", None),
        ("", None),
        ("p" * 10_000, None),
        ("àide", "aide"),
    ],
)
def test_closest_name_is_one_or_two_slips_away(given: str, meant: str | None) -> None:
    assert closest_name(given, NAMES, has_beginning=True) == meant


def test_beginning_counts_only_where_a_command_was_meant() -> None:
    assert closest_name("par", NAMES, has_beginning=False) is None
