"""Verification: one comparison of emojis, which the other side asked for and a person decides.

Matrix 1.16, client-server API 11.12.2.1: request, ready, start, accept, key, key, mac, mac, done.
Nothing here sends or reads anything; what to send is returned.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from bot.matrix.encryption import sas
from bot.matrix.encryption.sas import Party, Secret, Shared

PREFIX = "m.key.verification."


class Phase(Enum):
    """How far a comparison is."""

    READY = auto()
    ACCEPTED = auto()
    COMPARING = auto()
    DONE = auto()
    CANCELLED = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """An event to be sent: ``kind`` is its type without the common prefix."""

    kind: str
    content: Mapping[str, Any]


@dataclass(slots=True)
class Verification:
    """A comparison with ``theirs``, known by ``flow``.

    ``flow`` is the transaction id among devices, and in a room the id of the event that asked;
    ``is_in_room`` tells which. ``emojis`` are there while the phase is COMPARING; ``proved`` are
    their keys once they have proved them, to be believed only when the phase is DONE.
    """

    flow: str
    ours: Party
    theirs: Party
    is_in_room: bool
    phase: Phase = Phase.READY
    emojis: tuple[str, ...] = ()
    proved: frozenset[str] = frozenset()
    code: str | None = None
    is_confirmed: bool = False
    _secret: Secret = field(default_factory=Secret)
    _shared: Shared | None = None

    def ready(self) -> Answer:
        """Return the answer to the request: that emojis can be compared."""
        return self._answer("ready", from_device=self.ours.device_id, methods=[sas.METHOD])

    def take(self, kind: str, content: Mapping[str, Any]) -> list[Answer]:
        """Go on with an event of theirs; return what to send. Never raises for what they sent."""
        if self.phase in (Phase.DONE, Phase.CANCELLED):
            return []
        steps: Mapping[tuple[Phase, str], Callable[[Mapping[str, Any]], list[Answer]]] = {
            (Phase.READY, "start"): self._start,
            (Phase.ACCEPTED, "key"): self._key,
            (Phase.COMPARING, "mac"): self._mac,
        }
        step = steps.get((self.phase, kind))
        if kind == "cancel":
            self.phase = Phase.CANCELLED
            code = content.get("code")
            self.code = code if isinstance(code, str) else "m.unknown"
            return []
        if step is None:
            return self.cancel("m.unexpected_message")
        try:
            return step(content)
        except (ValueError, TypeError, KeyError):
            return self.cancel("m.key_mismatch" if kind == "mac" else "m.invalid_message")

    def confirm(self) -> list[Answer]:
        """Prove our keys, since a person found both sides' emojis the same."""
        if self.phase is not Phase.COMPARING or self.is_confirmed or self._shared is None:
            return []
        self.is_confirmed = True
        proof = self._shared.proof(self.ours, self.theirs, self.flow)
        return [self._answer("mac", **proof), *self._end()]

    def refuse(self) -> list[Answer]:
        """Cancel, since a person found the emojis different: somebody may sit between."""
        return self.cancel("m.mismatched_sas")

    def cancel(self, code: str) -> list[Answer]:
        """End it without a result; ``code`` is one of the specification's."""
        if self.phase in (Phase.DONE, Phase.CANCELLED):
            return []
        self.phase, self.code = Phase.CANCELLED, code
        return [self._answer("cancel", code=code, reason=code)]

    def _start(self, content: Mapping[str, Any]) -> list[Answer]:
        if content.get("from_device") != self.theirs.device_id:
            raise ValueError("a start by another device")
        offered = (
            ("key_agreement_protocols", sas.AGREEMENT),
            ("hashes", sas.HASH),
            ("message_authentication_codes", sas.AUTHENTICATION),
            ("short_authentication_string", "emoji"),
        )
        if content.get("method") != sas.METHOD or not all(
            chosen in content[name] for name, chosen in offered
        ):
            return self.cancel("m.unknown_method")
        self.phase = Phase.ACCEPTED
        return [
            self._answer(
                "accept",
                key_agreement_protocol=sas.AGREEMENT,
                hash=sas.HASH,
                message_authentication_code=sas.AUTHENTICATION,
                short_authentication_string=["emoji"],
                commitment=self._secret.commitment(content),
            )
        ]

    def _key(self, content: Mapping[str, Any]) -> list[Answer]:
        key = content["key"]
        self._shared = self._secret.share(key)
        ours = self._secret.public
        self.emojis = self._shared.emojis(self.theirs, key, self.ours, ours, self.flow)
        self.phase = Phase.COMPARING
        return [self._answer("key", key=ours)]

    def _mac(self, content: Mapping[str, Any]) -> list[Answer]:
        if self._shared is None or self.proved:
            return self.cancel("m.unexpected_message")
        self.proved = self._shared.proved(content, self.theirs, self.ours, self.flow)
        return self._end()

    def _end(self) -> list[Answer]:
        """Say that it is done, once both sides have proved their keys."""
        if not (self.is_confirmed and self.proved):
            return []
        self.phase = Phase.DONE
        return [self._answer("done")]

    def _answer(self, kind: str, **content: object) -> Answer:
        if self.is_in_room:
            relation = {"rel_type": "m.reference", "event_id": self.flow}
            return Answer(kind, {**content, "m.relates_to": relation})
        return Answer(kind, {**content, "transaction_id": self.flow})
