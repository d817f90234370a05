"""The kinds of lines a story is written in: who does what where, and what must come of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """The same words in each language of the story."""

    fr: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the words in ``fr`` or ``en``."""
        return self.en if language == "en" else self.fr


def same(words: str) -> Phrase:
    """Return a phrase that is alike in both languages."""
    return Phrase(words, words)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the community; ``name`` is the localpart of the account."""

    name: str
    shown_as: Phrase
    colour: str


@dataclass(frozen=True, slots=True)
class Place:
    """A room; ``key`` is what the story calls it, ``alias`` the localpart of its alias."""

    key: str
    alias: Phrase
    title: Phrase
    topic: Phrase
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Tell:
    """The narrator explains what is to be seen."""

    words: Phrase


@dataclass(frozen=True, slots=True)
class Say:
    """Somebody says something.

    ``expects`` is a regular expression for the one answer of the bot, or None where it must keep
    silent; without ``is_reply`` it is for something the bot then says, which need not be a reply.
    ``label`` lets later lines refer to what was said; ``reply_to`` is such a label.
    """

    who: str
    where: str
    words: Phrase
    expects: Phrase | None = None
    label: str = ""
    reply_to: str = ""
    is_reply: bool = True


@dataclass(frozen=True, slots=True)
class Correct:
    """Somebody edits what they said; ``expects`` is what the bot's own answer becomes."""

    label: str
    words: Phrase
    expects: Phrase


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Somebody takes back what they said."""

    label: str


@dataclass(frozen=True, slots=True)
class PowerCut:
    """The bot is killed (SIGKILL) between a command and its answer, then started again."""

    command: Say


@dataclass(frozen=True, slots=True)
class Whisper:
    """Somebody opens a direct room with the bot, which the story then calls ``dm``."""

    who: str


Line = Tell | Say | Correct | TakeBack | PowerCut | Whisper


@dataclass(frozen=True, slots=True)
class Scene:
    """A part of the story under one title."""

    title: Phrase
    lines: tuple[Line, ...]
