"""Matches patterns of words against tokens and returns every reading, never just the first."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.when.lexicon import Lexicon
from bot.when.tokens import Token

T = TypeVar("T")

Reading = tuple[Hashable, int]
"""What some tokens mean, and the position after them."""

Terminal = Callable[[Sequence[Token], int], Iterable[Reading]]
"""Reads a symbol that is neither in the lexicon nor made of others."""


class Captures:
    """What the named symbols of one pattern stood for."""

    def __init__(self, values: Mapping[str, Hashable]) -> None:
        self._values = values

    def get(self, name: str, kind: type[T]) -> T | None:
        """Return what was read under this name, None where an optional symbol was left out."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, kind):
            raise TypeError(f"{name} is a {type(value).__name__}, not a {kind.__name__}")
        return value

    def one(self, name: str, kind: type[T]) -> T:
        """Return what was read under the name of a symbol that is not optional."""
        value = self.get(name, kind)
        if value is None:
            raise KeyError(name)
        return value

    def number(self, name: str) -> int:
        """Return the value of a word or number that is not optional."""
        return self.one(name, int)


Builder = Callable[[Captures], Hashable | None]
Rules = dict[str, Sequence[tuple[str, Builder]]]
"""Per symbol its patterns, each with what makes a value of it (None: not this reading).

A pattern is symbols between spaces: rules, kinds of the lexicon, shapes of tokens. ``a|b`` is
either, ``a?`` may be missing, ``name:a`` is captured under another name than its own.
"""


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str
    symbols: tuple[str, ...]
    is_optional: bool


def _compile(pattern: str) -> tuple[_Slot, ...]:
    slots = []
    for word in pattern.split():
        symbols = word.removesuffix("?")
        name, _, choice = symbols.rpartition(":")
        choices = tuple(choice.split("|"))
        slots.append(_Slot(name or choices[0], choices, word.endswith("?")))
    return tuple(slots)


class Grammar:
    """Rules ready for matching."""

    def __init__(self, rules: Rules, terminals: Mapping[str, Terminal]) -> None:
        self.rules = {
            symbol: tuple((_compile(pattern), build) for pattern, build in patterns)
            for symbol, patterns in rules.items()
        }
        self.terminals = terminals


class Reader:
    """One text under one grammar and lexicon; what a symbol is at a position is found once."""

    def __init__(self, grammar: Grammar, lexicon: Lexicon, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._grammar = grammar
        self._lexicon = lexicon
        self._known: dict[tuple[str, int], tuple[Reading, ...]] = {}
        self._words: dict[int, dict[str, list[Reading]]] = {}

    def read(self, symbol: str, position: int) -> tuple[Reading, ...]:
        """Return every value the symbol has here, each with the position after it."""
        known = self._known.get((symbol, position))
        if known is None:
            known = tuple(dict.fromkeys(self._find(symbol, position)))
            self._known[symbol, position] = known
        return known

    def _find(self, symbol: str, position: int) -> list[Reading]:
        if position >= len(self.tokens):
            return []
        found: list[Reading] = []
        for slots, build in self._grammar.rules.get(symbol, ()):
            for values, end in self._match(slots, position):
                value = build(Captures(values))
                if value is not None:
                    found.append((value, end))
        terminal = self._grammar.terminals.get(symbol)
        if terminal is not None:
            found += terminal(self.tokens, position)
        return found + self._spoken(symbol, position)

    def _spoken(self, kind: str, position: int) -> list[Reading]:
        """Return the expressions of a kind that start here."""
        if position not in self._words:
            words: dict[str, list[Reading]] = {}
            for entry, end in self._lexicon.at(self.tokens, position):
                words.setdefault(entry.kind, []).append((entry.value, end))
            self._words[position] = words
        return self._words[position].get(kind, [])

    def _match(
        self, slots: tuple[_Slot, ...], position: int
    ) -> list[tuple[dict[str, Hashable], int]]:
        """Return every way to fill the slots from here on."""
        partial: list[tuple[dict[str, Hashable], int]] = [({}, position)]
        for slot in slots:
            longer = []
            for values, at in partial:
                if slot.is_optional:
                    longer.append((values, at))
                for symbol in slot.symbols:
                    for value, end in self.read(symbol, at):
                        longer.append(({**values, slot.name: value}, end))
            partial = longer
            if not partial:
                break
        return partial
