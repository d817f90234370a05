"""The real model, where the extra is installed: French and English that mean the same are close."""

import pytest

from bot.encoder import SentenceEncoder, is_installed

pytestmark = pytest.mark.skipif(not is_installed(), reason="needs compagnon[semantic]")


async def test_same_meaning_is_closer_than_same_words() -> None:
    encoder = SentenceEncoder()
    assert not encoder.is_ready
    await encoder.load()
    assert encoder.is_ready

    wanted, same, english, other, nothing = await encoder.encode(
        [
            ["gaspillage alimentaire"],
            ["Des restes jetés à la cantine", "les enfants pèsent ce qu’ils laissent"],
            ["Food thrown away in the school canteen"],
            ["Nos salles de réunion sont toujours prises"],
            [""],
        ]
    )
    closeness = await encoder.closeness(wanted, [wanted, same, english, other])

    assert closeness[0] == pytest.approx(1, abs=0.01)
    assert min(closeness[1:3]) > 2 * closeness[3]
    assert {len(vector) for vector in (wanted, same, nothing)} == {1024}
    assert await encoder.encode([]) == await encoder.closeness(wanted, []) == []
    encoder.close()
