"""Whether growth is seen: from one life of a program to the next, and within a long one."""

from pathlib import Path

import pytest

from bench.memory import AGE, GOAL_MB, GROWN_UP, Curve, Life, thirds
from bot.demo.process import Process

MIDDLE = sum(AGE) / 2
NOBODY = Process(["nobody"], log_path=Path("nowhere"))


def lives(*sizes: float) -> Curve:
    found = [Life(number, 0, 0.0, [(MIDDLE, mb)]) for number, mb in enumerate(sizes)]
    return Curve(lambda: NOBODY, found)


@pytest.mark.parametrize(("last", "is_flat"), [(100 + GOAL_MB, True), (101 + GOAL_MB, False)])
def test_lives_are_compared_at_equal_age(last: float, *, is_flat: bool) -> None:
    curve = lives(*[100.0] * 6, *[last] * 3)
    assert curve.early_and_late == (100.0, last)
    assert curve.is_flat is is_flat


@pytest.mark.parametrize(("a_minute", "is_flat"), [(0.5, True), (6.0, False)])
def test_growth_within_a_long_life_is_measured(a_minute: float, *, is_flat: bool) -> None:
    samples = [(GROWN_UP + age, 100 + age * a_minute / 60) for age in range(40)]
    curve = Curve(lambda: NOBODY, [Life(1, 0, 0.0, samples)])
    assert curve.growth == pytest.approx(a_minute)
    assert curve.is_flat is is_flat


def test_few_short_lives_say_nothing() -> None:
    assert thirds([1.0] * 5) is None
    assert lives(1.0, 200.0).is_flat
    assert Life(1, 0, 0.0, [(GROWN_UP, 1.0), (GROWN_UP + 2, 90.0)]).growth is None
