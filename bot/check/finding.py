"""What a check found: a tick, or a cross with its remedy; in words of the catalogues."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text of the catalogues and what fills its placeholders."""

    message_id: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what it is like, and what to do about it where it is not good."""

    name: Phrase
    detail: Phrase
    remedy: Phrase | None = None

    @property
    def is_good(self) -> bool:
        """Whether nothing needs doing."""
        return self.remedy is None


def phrase(message_id: str, **params: object) -> Phrase:
    """Return the text ``message_id`` filled with ``params``."""
    return Phrase(message_id, params)
