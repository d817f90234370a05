"""The recovery key: how a person writes down the key of the secret storage.

Matrix 1.16, client-server API 10.12 "Key representation": base58 of 0x8B 0x01, 32 bytes and a
parity byte, in groups of four signs.
"""

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PREFIX = bytes([0x8B, 0x01])
_KEY_LENGTH_BYTES = 32
_GROUP = 4


def write(key: bytes) -> str:
    """Return 32 bytes as a person copies them."""
    raw = _PREFIX + key
    number = int.from_bytes(raw + bytes([_parity(raw)]), "big")
    signs = ""
    while number:
        number, place = divmod(number, len(_ALPHABET))
        signs = _ALPHABET[place] + signs
    return " ".join(signs[at : at + _GROUP] for at in range(0, len(signs), _GROUP))


def read(text: str) -> bytes:
    """Return the 32 bytes of a recovery key; raises ValueError if a sign is wrong or missing."""
    number = 0
    for sign in "".join(text.split()):
        place = _ALPHABET.find(sign)
        if place < 0:
            raise ValueError("a sign that no recovery key has")
        number = number * len(_ALPHABET) + place
    length_bytes = len(_PREFIX) + _KEY_LENGTH_BYTES + 1
    if number >> (8 * length_bytes):
        raise ValueError("too long for a recovery key")
    raw = number.to_bytes(length_bytes, "big")
    if not raw.startswith(_PREFIX) or _parity(raw):
        raise ValueError("no recovery key, or one with a wrong sign")
    return raw[len(_PREFIX) : -1]


def _parity(raw: bytes) -> int:
    """Return the exclusive or of all bytes: nought over a whole key with its parity byte."""
    parity = 0
    for byte in raw:
        parity ^= byte
    return parity
