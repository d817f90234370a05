"""The seeds, and some hundred inputs made of them, break nothing; ``make fuzz`` tries for long."""

import random

import pytest

from tests.fuzz.hunt import check
from tests.fuzz.mutation import mutated
from tests.fuzz.target import CORPUS, Target
from tests.fuzz.targets import TARGETS

INPUTS = 400


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_seeds_and_what_is_made_of_them_break_nothing(target: Target) -> None:
    seeds = list(target.seeds())
    luck = random.Random(target.name)
    assert len(seeds) >= 5
    for data in seeds:
        check(target, data)
    for _ in range(INPUTS):
        check(target, mutated(seeds, luck))


def test_every_folder_of_seeds_has_its_target() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == {target.name for target in TARGETS}
