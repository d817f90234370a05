"""One comparison of emojis, step by step; the other side is played by the same mathematics."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.i18n import Catalogue
from bot.matrix.encryption import sas
from bot.matrix.encryption.sas import EMOJIS, Party, Secret, Shared
from bot.matrix.encryption.verification import Phase, Verification

FLOW = "flow-1"
BOT = Party("@bot:example.org", "BOT", {"ed25519:BOT": "botkey", "ed25519:botmaster": "botmaster"})
JO = Party("@jo:example.org", "JO", {"ed25519:JO": "jokey", "ed25519:jomaster": "jomaster"})
START: dict[str, Any] = {
    "from_device": "JO",
    "method": "m.sas.v1",
    "key_agreement_protocols": ["curve25519-hkdf-sha256"],
    "hashes": ["sha256"],
    "message_authentication_codes": ["hkdf-hmac-sha256.v2", "hkdf-hmac-sha256"],
    "short_authentication_string": ["decimal", "emoji"],
    "transaction_id": FLOW,
}


def begun(*, is_in_room: bool = False) -> Verification:
    return Verification(FLOW, BOT, JO, is_in_room=is_in_room)


class Jo:
    """The other side, once the keys are exchanged."""

    def __init__(self, verification: Verification) -> None:
        self.secret = Secret()
        [self.accept] = verification.take("start", START)
        [key] = verification.take("key", {"key": self.secret.public})
        self.bots_key = key.content["key"]
        self.shared: Shared = self.secret.share(self.bots_key)
        self.emojis = self.shared.emojis(JO, self.secret.public, BOT, self.bots_key, FLOW)

    def mac(self) -> dict[str, Any]:
        return self.shared.proof(JO, BOT, FLOW)


def kinds(answers: list[Any]) -> list[str]:
    return [answer.kind for answer in answers]


def test_table_has_64_different_emojis() -> None:
    assert (len(EMOJIS), len(set(EMOJIS))) == (64, 64)


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "🐶 Dog · 📌 Pin"), ("fr", "🐶 Chien · 📌 Punaise")]
)
def test_every_emoji_has_its_word_beside_it(language: str, shown: str) -> None:
    words = Catalogue.load().text("verification.emojis", language)

    assert sas.named(["🐶", "📌"], words) == shown
    assert len(set(words.split(", "))) == len(EMOJIS)


def test_both_sides_see_the_same_emojis() -> None:
    verification = begun()

    jo = Jo(verification)

    assert len(verification.emojis) == 7
    assert verification.emojis == jo.emojis


def test_commitment_is_kept() -> None:
    jo = Jo(verification := begun())

    promised = jo.accept.content["commitment"]
    kept = verification._secret.commitment(START)
    assert (promised, len(promised), jo.bots_key) == (kept, 43, verification._secret.public)


@pytest.mark.parametrize("is_first", [True, False])
def test_verification_is_done_when_both_have_proved_and_a_person_agreed(*, is_first: bool) -> None:
    verification = begun()
    jo = Jo(verification)

    answers = (
        verification.take("mac", jo.mac()) + verification.confirm()
        if is_first
        else verification.confirm() + verification.take("mac", jo.mac())
    )

    assert kinds(answers) == ["mac", "done"]
    assert verification.phase is Phase.DONE
    assert verification.proved == set(JO.keys)
    assert jo.shared.proved(answers[0].content, BOT, JO, FLOW) == set(BOT.keys)


def test_others_proof_alone_verifies_nothing() -> None:
    verification = begun()
    jo = Jo(verification)

    assert verification.take("mac", jo.mac()) == []
    assert verification.phase is Phase.COMPARING


def test_difference_is_told_as_what_it_is() -> None:
    verification = begun()
    Jo(verification)

    [answer] = verification.refuse()

    assert (answer.kind, answer.content["code"]) == ("cancel", "m.mismatched_sas")
    assert verification.confirm() == []


@pytest.mark.parametrize("part", ["mac", "keys"])
def test_wrong_proof_ends_it(part: str) -> None:
    verification = begun()
    mac = Jo(verification).mac()
    mac[part] = {**mac["mac"], "ed25519:JO": "AAAA"} if part == "mac" else "AAAA"

    [answer] = verification.take("mac", mac)

    assert (answer.kind, answer.content["code"]) == ("cancel", "m.key_mismatch")
    assert verification.proved == frozenset()


def test_proof_of_another_key_under_a_known_name_ends_it() -> None:
    verification = begun()
    jo = Jo(verification)
    forged = Party(JO.user_id, JO.device_id, {**JO.keys, "ed25519:jomaster": "evilmaster"})

    [answer] = verification.take("mac", jo.shared.proof(forged, BOT, FLOW))

    assert answer.content["code"] == "m.key_mismatch"


def test_proof_of_unknown_keys_only_ends_it() -> None:
    verification = begun()
    jo = Jo(verification)
    unknown = Party(JO.user_id, JO.device_id, {"ed25519:elsewhere": "key"})

    [answer] = verification.take("mac", jo.shared.proof(unknown, BOT, FLOW))

    assert answer.content["code"] == "m.key_mismatch"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"method": "m.reciprocate.v1"}, "m.unknown_method"),
        ({"hashes": ["sha1"]}, "m.unknown_method"),
        ({"message_authentication_codes": ["hkdf-hmac-sha256"]}, "m.unknown_method"),
        ({"short_authentication_string": ["decimal"]}, "m.unknown_method"),
        ({"key_agreement_protocols": 7}, "m.invalid_message"),
        ({"from_device": "EVE"}, "m.invalid_message"),
    ],
)
def test_start_that_cannot_be_accepted_ends_it(change: dict[str, Any], code: str) -> None:
    [answer] = begun().take("start", {**START, **change})

    assert (answer.kind, answer.content["code"]) == ("cancel", code)


@pytest.mark.parametrize("key", [None, 7, "", "é", "AAAA", "A" * 43])
def test_key_that_is_none_or_weak_ends_it(key: object) -> None:
    verification = begun()
    verification.take("start", START)

    [answer] = verification.take("key", {"key": key})

    assert (answer.kind, answer.content["code"]) == ("cancel", "m.invalid_message")


@pytest.mark.parametrize("kind", ["key", "mac", "done", "accept", "nonsense"])
def test_event_out_of_order_ends_it(kind: str) -> None:
    [answer] = begun().take(kind, {})

    assert answer.content["code"] == "m.unexpected_message"


def test_ended_verification_says_nothing_more() -> None:
    verification = begun()
    verification.take("cancel", {"code": "m.user"})

    assert (verification.phase, verification.code) == (Phase.CANCELLED, "m.user")
    assert verification.take("start", START) == []


def test_answers_say_to_what_they_belong() -> None:
    among_devices, in_room = begun().ready(), begun(is_in_room=True).ready()

    assert among_devices.content["transaction_id"] == FLOW
    assert in_room.content["m.relates_to"] == {"rel_type": "m.reference", "event_id": FLOW}
    assert "transaction_id" not in in_room.content


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from([*START, "key", "mac", "keys", "code"])


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(st.lists(st.tuples(st.sampled_from(["start", "key", "mac", "cancel", "done"]),
                          st.dictionaries(NAMES, JSON)), max_size=5))  # fmt: skip
def test_nothing_that_is_sent_raises(events: list[tuple[str, dict[str, Any]]]) -> None:
    verification = begun()
    verification.take("start", START)

    for kind, content in events:
        verification.take(kind, content)

    assert verification.phase is not Phase.DONE
    assert sas.METHOD in begun().ready().content["methods"]
