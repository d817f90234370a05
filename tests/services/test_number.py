"""Ids are read however they are typed."""

import pytest

from bot.services.number import EXPERIENCE, REMINDER, named, read


@pytest.mark.parametrize("text", ["E12", "e12", "E-12", "e 12", " #E12 ", "E\u201112"])
def test_id_is_read_in_every_spelling(text: str) -> None:
    assert read(EXPERIENCE, text) == 12


@pytest.mark.parametrize("text", ["", "E", "12", "R12", "E12a", "E1 2", "EE1", "E-", "E9999999999"])
def test_anything_else_is_no_id(text: str) -> None:
    assert read(EXPERIENCE, text) is None


def test_name_is_read_back() -> None:
    assert named(REMINDER, 2) == "R2"
    assert read(REMINDER, named(REMINDER, 2)) == 2
