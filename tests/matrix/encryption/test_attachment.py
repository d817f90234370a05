"""Files are encrypted so that other clients read them, and only what was sealed is believed."""

from dataclasses import replace

import pytest
from nio.crypto.attachments import decrypt_attachment, encrypt_attachment

from bot.matrix.encryption.attachment import SealError, file_of, seal, seal_again, unseal
from bot.model import Seal

DATA = b"Une photo de la mairie" * 1000


def standard(key: str) -> str:
    """Return base64url as nio reads it: in the other alphabet."""
    return key.replace("-", "+").replace("_", "/")


@pytest.mark.parametrize("data", [DATA, b"", b"x", bytes(1_000_001)])
def test_sealed_file_is_unsealed(data: bytes) -> None:
    sealed, known = seal(data)
    assert unseal(sealed, known) == data
    assert len(sealed) == len(data)


def test_sealed_again_it_is_the_same_file() -> None:
    sealed, known = seal(DATA)
    assert seal_again(DATA, known) == sealed


def test_each_file_has_a_key_of_its_own() -> None:
    (first, one), (second, other) = seal(DATA), seal(DATA)
    assert first != second
    assert {one.key, one.iv} & {other.key, other.iv} == set()


def test_nio_reads_what_is_sealed() -> None:
    sealed, known = seal(DATA)
    assert decrypt_attachment(sealed, standard(known.key), known.sha256, known.iv) == DATA


def test_what_nio_sealed_is_read() -> None:
    sealed, keys = encrypt_attachment(DATA)
    known = Seal(keys["key"]["k"], keys["iv"], keys["hashes"]["sha256"])
    assert unseal(sealed, known) == DATA


@pytest.mark.parametrize(
    "broken",
    [
        {"sha256": "AAAA"},
        {"sha256": "no base64 at all"},
        {"key": "AAAA"},
        {"key": "é" * 43},
        {"iv": "AAAA"},
        {"iv": "!"},
    ],
)
def test_broken_seal_is_refused(broken: dict[str, str]) -> None:
    sealed, known = seal(DATA)
    with pytest.raises(SealError):
        unseal(sealed, replace(known, **broken))


def test_file_that_was_changed_is_refused() -> None:
    sealed, known = seal(DATA)
    with pytest.raises(SealError):
        unseal(sealed[:-1] + b"?", known)


def test_file_of_a_message_says_all_that_is_needed() -> None:
    assert file_of("mxc://x/1", Seal("k", "i", "h")) == {
        "v": "v2",
        "url": "mxc://x/1",
        "key": {
            "kty": "oct",
            "key_ops": ["encrypt", "decrypt"],
            "alg": "A256CTR",
            "k": "k",
            "ext": True,
        },
        "iv": "i",
        "hashes": {"sha256": "h"},
    }
