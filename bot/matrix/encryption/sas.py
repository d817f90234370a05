"""SAS: the mathematics of comparing emojis (Matrix 1.16, client-server API 11.12.2.2).

Key agreement ``curve25519-hkdf-sha256``, hash ``sha256``, authentication ``hkdf-hmac-sha256.v2``.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import vodozemac

from bot.matrix.encryption import canonical_json, unpadded

METHOD = "m.sas.v1"
AGREEMENT = "curve25519-hkdf-sha256"
HASH = "sha256"
AUTHENTICATION = "hkdf-hmac-sha256.v2"

EMOJIS = (
    "🐶", "🐱", "🦁", "🐎", "🦄", "🐷", "🐘", "🐰", "🐼", "🐓", "🐧", "🐢", "🐟", "🐙", "🦋", "🌷",
    "🌳", "🌵", "🍄", "🌏", "🌙", "☁️", "🔥", "🍌", "🍎", "🍓", "🌽", "🍕", "🎂", "❤️", "😀", "🤖",
    "🎩", "👓", "🔧", "🎅", "👍", "☂️", "⌛", "⏰", "🎁", "💡", "📕", "✏️", "📎", "✂️", "🔒", "🔑",
    "🔨", "☎️", "🏁", "🚂", "🚲", "✈️", "🚀", "🏆", "⚽", "🎸", "🎺", "🔔", "⚓", "🎧", "📁", "📌",
)  # fmt: skip
"""The specification's table; a test holds it against another client's."""
_KEY_IDS = "KEY_IDS"


def named(emojis: Iterable[str], words: str) -> str:
    """Return each emoji with its word beside it.

    ``words`` are what people call them, in the order of the table, with commas between.
    """
    names = dict(zip(EMOJIS, words.split(", "), strict=True))
    return " · ".join(f"{emoji} {names[emoji]}" for emoji in emojis)


@dataclass(frozen=True, slots=True)
class Party:
    """One side: its device, and the keys it vouches for by name, ``ed25519:…``."""

    user_id: str
    device_id: str
    keys: Mapping[str, str]


class Secret:
    """A secret about to be shared with another device."""

    def __init__(self) -> None:
        self._sas = vodozemac.Sas()
        self.public = str(self._sas.public_key.to_base64())

    def commitment(self, start: Mapping[str, Any]) -> str:
        """Return the promise to use this key, made before the other's is known."""
        promised = self.public.encode() + canonical_json.encode(start)
        return unpadded.encode(hashlib.sha256(promised).digest())

    def share(self, public: str) -> "Shared":
        """Return what is shared with the holder of ``public``; may be done once.

        Raises ValueError for what is no key, or a weak one.
        """
        try:
            key = vodozemac.Curve25519PublicKey.from_base64(public)
            return Shared(self._sas.diffie_hellman(key))
        except (vodozemac.KeyException, vodozemac.SasException) as error:
            raise ValueError("no key that can be agreed on") from error


class Shared:
    """What both devices now know and nobody else, unless somebody sits between them."""

    def __init__(self, established: vodozemac.EstablishedSas) -> None:
        self._established = established

    def emojis(
        self, starter: Party, starter_key: str, accepter: Party, accepter_key: str, flow: str
    ) -> tuple[str, ...]:
        """Return the seven emojis; they differ if somebody sits between, but once in 2**42."""
        parts = [
            "MATRIX_KEY_VERIFICATION_SAS",
            *(starter.user_id, starter.device_id, starter_key),
            *(accepter.user_id, accepter.device_id, accepter_key),
            flow,
        ]
        indices = self._established.bytes("|".join(parts)).emoji_indices
        return tuple(EMOJIS[index] for index in indices)

    def proof(self, ours: Party, theirs: Party, flow: str) -> dict[str, Any]:
        """Return the content with which we prove which keys are ours."""
        info = _info(ours, theirs, flow)
        macs = {
            name: self._established.calculate_mac(key, info + name)
            for name, key in ours.keys.items()
        }
        names = self._established.calculate_mac(_joined(macs), info + _KEY_IDS)
        return {"mac": macs, "keys": names}

    def proved(
        self, content: Mapping[str, Any], theirs: Party, ours: Party, flow: str
    ) -> frozenset[str]:
        """Return the names of their keys that are proved to be theirs.

        A key that is not known is passed over, as the specification has it. Raises ValueError where
        a proof is missing or wrong, or nothing known is proved.
        """
        macs, names = content.get("mac"), content.get("keys")
        if not isinstance(macs, dict) or not isinstance(names, str):
            raise ValueError("no proof")  # noqa: TRY004  one error for whatever a stranger sent
        info = _info(theirs, ours, flow)
        self._verify(_joined(macs), info + _KEY_IDS, names)
        known = frozenset(name for name in macs if name in theirs.keys)
        for name in known:
            self._verify(theirs.keys[name], info + name, macs[name])
        if not known:
            raise ValueError("a proof of nothing that is known")
        return known

    def _verify(self, text: str, info: str, tag: object) -> None:
        if not isinstance(tag, str):
            raise ValueError("no proof")  # noqa: TRY004  see above
        try:
            self._established.verify_mac(text, info, tag)
        except vodozemac.SasException as error:
            raise ValueError("a wrong proof") from error


def _info(sender: Party, receiver: Party, flow: str) -> str:
    parties = (sender.user_id, sender.device_id, receiver.user_id, receiver.device_id)
    return "".join(["MATRIX_KEY_VERIFICATION_MAC", *parties, flow])


def _joined(names: Iterable[str]) -> str:
    return ",".join(sorted(names))
