"""Canonical JSON and signatures against the specification's own examples (appendices 3 and 4)."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.matrix.encryption import canonical_json, unpadded

SEED = unpadded.decode("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1")
PUBLIC = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({}, "{}"),
        ({"one": 1, "two": "Two"}, '{"one":1,"two":"Two"}'),
        ({"b": "2", "a": "1"}, '{"a":"1","b":"2"}'),
        ({"本": 2, "日": 1}, '{"日":1,"本":2}'),
        ({"a": "日"}, '{"a":"日"}'),
        ({"a": None}, '{"a":null}'),
        ({"a": {"c": [True, -0], "b": "\n\x01"}}, '{"a":{"b":"\\n\\u0001","c":[true,0]}}'),
    ],
)
def test_encode_writes_as_the_specification_does(value: object, written: str) -> None:
    assert canonical_json.encode(value) == written.encode()


@pytest.mark.parametrize(
    ("value", "signature"),
    [
        (
            {},
            "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ",
        ),
        (
            {"one": 1, "two": "Two"},
            "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw",
        ),
    ],
)
def test_sign_gives_the_signature_of_the_specification(
    value: dict[str, object], signature: str
) -> None:
    signed = canonical_json.sign(value, "domain", SEED, "1")

    assert signed["signatures"] == {"domain": {"ed25519:1": signature}}


def test_is_signed_ignores_what_no_signature_covers() -> None:
    signed = canonical_json.sign({"one": 1}, "domain", SEED, "1")

    assert canonical_json.is_signed({**signed, "unsigned": {"age": 1}}, "domain", PUBLIC, "1")


@pytest.mark.parametrize(
    "value",
    [
        {"one": 2, "signatures": {"domain": {"ed25519:1": "AAAA"}}},
        {"one": 1},
        {"one": 1, "signatures": []},
        {"one": 1, "signatures": {"domain": {"ed25519:1": 7}}},
        {"one": 1, "signatures": {"domain": {"ed25519:1": "é"}}},
        {"one": float("nan"), "signatures": {"domain": {"ed25519:1": "AAAA"}}},
        {"one": "\ud800", "signatures": {"domain": {"ed25519:1": "AAAA"}}},
    ],
)
def test_is_signed_refuses_every_other_shape(value: dict[str, object]) -> None:
    assert not canonical_json.is_signed(value, "domain", PUBLIC, "1")


def test_is_signed_notices_a_changed_object() -> None:
    signed = canonical_json.sign({"one": 1}, "domain", SEED, "1")

    assert not canonical_json.is_signed({**signed, "one": 2}, "domain", PUBLIC, "1")


def test_sign_keeps_earlier_signatures() -> None:
    first = canonical_json.sign({"one": 1}, "@a:b", SEED, "A")

    both = canonical_json.sign(first, "@a:b", SEED, "B")

    assert set(both["signatures"]["@a:b"]) == {"ed25519:A", "ed25519:B"}
