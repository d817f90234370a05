import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix.encryption import recovery_key
from bot.matrix.encryption.secret_storage import ALGORITHM, key_from, seal, unseal

KEY = bytes(range(32))
NAME = "m.cross_signing.master"


def description(key: bytes) -> dict[str, object]:
    sealed = seal(b"\0" * 32, key, "")
    return {"algorithm": ALGORITHM, "iv": sealed["iv"], "mac": sealed["mac"]}


@given(st.binary(max_size=100))
def test_unseal_gives_back_what_was_sealed(secret: bytes) -> None:
    assert unseal(seal(secret, KEY, NAME), KEY, NAME) == secret


@pytest.mark.parametrize(
    ("key", "name"), [(bytes(32), NAME), (KEY, "m.cross_signing.self_signing")]
)
def test_unseal_refuses_another_key_or_place(key: bytes, name: str) -> None:
    with pytest.raises(ValueError, match="damaged"):
        unseal(seal(b"secret", KEY, NAME), key, name)


@pytest.mark.parametrize(
    "stored", [None, [], {}, {"iv": 1, "ciphertext": "", "mac": ""}, {"iv": "é"}]
)
def test_unseal_refuses_every_other_shape(stored: object) -> None:
    with pytest.raises(ValueError, match=r"no ciphertext|no base64|damaged"):
        unseal(stored, KEY, NAME)


def test_seal_never_repeats_itself() -> None:
    assert seal(b"secret", KEY, NAME) != seal(b"secret", KEY, NAME)


def test_key_from_recovery_key_is_the_key() -> None:
    assert key_from(recovery_key.write(KEY), description(KEY)) == KEY


def test_key_from_another_recovery_key_is_none() -> None:
    assert key_from(recovery_key.write(bytes(32)), description(KEY)) is None


def test_key_from_passphrase_is_the_derived_key() -> None:
    rule = {"algorithm": "m.pbkdf2", "salt": "salt", "iterations": 1000, "bits": 256}
    key = hashlib.pbkdf2_hmac("sha512", b"parole parole", b"salt", 1000, 32)

    assert key_from("parole parole", {**description(key), "passphrase": rule}) == key


@pytest.mark.parametrize(
    "rule",
    [
        None,
        "m.pbkdf2",
        {"algorithm": "m.other", "salt": "s", "iterations": 1},
        {"algorithm": "m.pbkdf2", "salt": "s", "iterations": 10**12},
        {"algorithm": "m.pbkdf2", "salt": "s", "iterations": 0},
        {"algorithm": "m.pbkdf2", "salt": 1, "iterations": 1},
        {"algorithm": "m.pbkdf2", "salt": "s", "iterations": 1, "bits": 10**9},
    ],
)
def test_key_from_passphrase_of_a_wrong_rule_is_none(rule: object) -> None:
    assert key_from("parole parole", {**description(KEY), "passphrase": rule}) is None


def test_key_from_unknown_algorithm_is_none() -> None:
    other = {**description(KEY), "algorithm": "m.secret_storage.v2"}

    assert key_from(recovery_key.write(KEY), other) is None
