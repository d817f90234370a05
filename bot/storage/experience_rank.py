"""Experience rank: what matches a search, the best on top, the same on both engines.

The engines find, Python ranks, and only so many as a person may ever look at: what finds little is
looked for in all there is, what finds much only among the newest.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import bindparam, text

from bot.storage.experience_grammar import FTS5, TSQUERY, Grammar, Term
from bot.storage.experience_index import COUNT_LIMIT, Filter, Hits, first_tokens
from bot.storage.stem import Word, searched, slipped
from bot.storage.transaction import Reader

ENOUGH = 10
"""With so many good hits, those that miss a word would only be noise."""

_NEWEST = 200
"""Experiences that are looked at for each word where not all words are needed: twice what is ever
shown. A word in fewer is found wherever it stands; one in more only in the newest, on its own."""

_RANKED = 300
"""Experiences that are compared, of those: reading 300 takes 3 ms (SQLite)."""


async def search(reader: Reader, words: str, wanted: Filter, first: int = 0) -> Hits:
    """Return what matches ``words``.

    First come those that have all words in what was told first, then those that have them in their
    details too; then, as long as these are not `ENOUGH`, those with longer words that begin so;
    then those with at least half of the words, the most first, rare words before usual ones. A
    word that nothing has and nothing begins with is taken for a slip of one letter, where nothing
    has all words. Among equals the newest comes first. Numbers below ``first`` do not count;
    ``wanted.since`` is the caller's to turn into it.
    """
    terms = searched(words)
    if not terms or not (wanted.rooms or wanted.is_widened):
        return Hits([], is_capped=False)
    if reader.engine != "sqlite":
        # A plan made without knowing the words reads the whole table for rare ones.
        await reader.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    numbers = list(await _Search(reader, wanted, first).run(terms))
    return Hits(numbers[:COUNT_LIMIT], is_capped=len(numbers) > COUNT_LIMIT)


class _Search:
    """One search: what it found so far, in its order."""

    def __init__(self, reader: Reader, wanted: Filter, first: int) -> None:
        self._reader = reader
        self._grammar: Grammar = FTS5 if reader.engine == "sqlite" else TSQUERY
        self._scope = self._grammar.scope(wanted)
        self._first = first
        self._found: dict[int, None] = {}

    async def run(self, words: Sequence[Word]) -> dict[int, None]:
        terms = [Term(word.stems) for word in words]
        grammar, scope = self._grammar, self._scope
        await self._add(grammar.newest, grammar.all(scope, terms, is_detailed=False))
        if len(self._found) < ENOUGH:
            await self._add(grammar.newest, grammar.all(scope, terms))
        begun = [Term(word.stems, word.prefix) for word in words]
        if len(self._found) < ENOUGH and begun != terms:
            await self._add(grammar.begins, grammar.all(scope, begun))
        if len(self._found) < ENOUGH and (len(terms) > 1 or not self._found):
            await self._loosen(words, terms)
        return self._found

    async def _add(self, statement: str, question: str) -> None:
        values = {"query": question, "first": self._first, "n": COUNT_LIMIT + 1}
        for row in await self._reader.execute(text(statement), values):
            self._found.setdefault(int(row[0]))

    async def _loosen(self, words: Sequence[Word], terms: Sequence[Term]) -> None:
        """Add what has half of the words, as they are or, if nothing has them, nearly so."""
        lists = await self._each(terms)
        missing = [n for n, found in enumerate(lists) if not found]
        if missing and not self._found:
            nearly = [
                replace(term, stems=term.stems | slipped(words[n].written))
                if n in missing
                else term
                for n, term in enumerate(terms)
            ]
            mended = await self._each([nearly[n] for n in missing])
            for n, found in zip(missing, mended, strict=True):
                lists[n] = found
            terms = nearly
        await self._rank(terms, lists)

    async def _each(self, terms: Sequence[Term]) -> list[list[int]]:
        """Return the newest that have each of ``terms``."""
        questions = {
            f"query{n}": self._grammar.all(self._scope, [term]) for n, term in enumerate(terms)
        }
        statement = text(self._grammar.each(len(terms)))
        values = {**questions, "first": self._first, "n": _NEWEST}
        lists: list[list[int]] = [[] for _ in terms]
        for word, number in await self._reader.execute(statement, values):
            lists[word].append(int(number))
        return lists

    async def _rank(self, terms: Sequence[Term], lists: Sequence[Sequence[int]]) -> None:
        """Add those of ``lists`` that have at least half of ``terms``, the best first."""
        rarity = [math.log2(1 + _NEWEST / len(found)) if found else 0.0 for found in lists]
        promise: dict[int, float] = {}
        for worth, found in zip(rarity, lists, strict=True):
            for number in found:
                promise[number] = promise.get(number, 0) + worth
        likely = sorted(promise, key=lambda number: (-promise[number], -number))[:_RANKED]
        ranked: list[tuple[int, float, int]] = []
        for number, tokens in (await self._read(likely)).items():
            everywhere = tokens | first_tokens(tokens)
            has = [n for n, term in enumerate(terms) if term.is_in(everywhere)]
            if 2 * len(has) >= len(terms):
                worth = sum(rarity[n] * (1 if terms[n].is_in(tokens) else 0.5) for n in has)
                ranked.append((-len(has), -round(worth, 3), -number))
        self._found.update(dict.fromkeys(-number for *_, number in sorted(ranked)))

    async def _read(self, numbers: Sequence[int]) -> dict[int, frozenset[str]]:
        """Return the tokens of ``numbers``."""
        if not numbers:
            return {}
        statement = text(self._grammar.read).bindparams(bindparam("numbers", expanding=True))
        rows = await self._reader.execute(statement, {"numbers": numbers})
        return {int(number): frozenset(tokens.split()) for number, tokens in rows}
