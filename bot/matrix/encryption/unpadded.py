"""Unpadded base64, as Matrix writes keys and signatures (Matrix 1.16, appendices 4.3)."""

import base64


def encode(data: bytes) -> str:
    """Return ``data`` in base64 without its padding."""
    return base64.b64encode(data).decode().rstrip("=")


def decode(text: object) -> bytes:
    """Return the bytes of base64 with or without padding; raises ValueError for anything else."""
    if not isinstance(text, str):
        raise ValueError("no base64")  # noqa: TRY004  one error for whatever a stranger sent
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError as error:
        raise ValueError("no base64") from error
