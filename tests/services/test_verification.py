"""What a person says of two screens is understood in both languages, and never guessed."""

import pytest

from bot.services.verification import sameness


@pytest.mark.parametrize("said", ["yes", " Oui ", "IDENTIQUES", "pareils"])
def test_sameness_is_understood(said: str) -> None:
    assert sameness(said) is True


@pytest.mark.parametrize("said", ["no", "Non", "différents"])
def test_difference_is_understood(said: str) -> None:
    assert sameness(said) is False


@pytest.mark.parametrize("said", ["", "peut-être", "yes and no", "oui !", "1"])
def test_anything_else_is_neither(said: str) -> None:
    assert sameness(said) is None
