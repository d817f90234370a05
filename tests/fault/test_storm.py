"""A short soak: a quarter of all requests break, bot and homeserver are killed."""

from dataclasses import replace

import pytest

from bench.storm import Options, soak
from bench.talk import Habits
from bench.verdict import Flaw

# Reminders are due after a minute at the earliest: they are left to the longer soak.
SHORT = Options(minutes=0.3, faults=0.25, seed=7, members=3, habits=Habits(pause=1.0),
                reminders=False, settle_seconds=60)  # fmt: skip


@pytest.mark.e2e
@pytest.mark.timeout(240)
@pytest.mark.parametrize("encrypted", [False, True])
async def test_storm_loses_and_doubles_nothing_and_keeps_the_order(*, encrypted: bool) -> None:
    outcome = await soak(replace(SHORT, encrypted=encrypted))

    verdict = outcome.verdict
    assert verdict.findings == []
    assert {flaw: verdict.count(flaw) for flaw in Flaw} == dict.fromkeys(Flaw, 0)
    assert outcome.keeper.endings == []
    # A storm that breaks nothing would prove nothing.
    assert verdict.answered >= 10
    assert outcome.keeper.bot_kills >= 1
    assert outcome.proxy.counts.total() >= 5
