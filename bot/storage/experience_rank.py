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

_NEWEST = COUNT_LIMIT + 1
"""Experiences that are looked at for each word: as many as are ever shown, and whether there are
more. A word in fewer is found wherever it stands; one in more only in the newest, unless all words
stand together."""

_RANKED = 300
"""Experiences that are compared, of those: reading 300 takes 3 ms (SQLite)."""


_PLANNING = (
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
    " set_config('random_page_cost', '1.1', true)"
)
"""How PostgreSQL plans in this transaction: knowing the words, and not afraid of looking up a few
hundred rows, instead of which it would read half of the table backwards."""

_READING = (
    "SELECT set_config('enable_seqscan', '%(is_on)s', true),"
    " set_config('enable_indexscan', '%(is_on)s', true)"
)
"""Whether PostgreSQL may read a whole table in this transaction."""


async def search(reader: Reader, words: str, wanted: Filter, first: int = 0) -> Hits:
    """Return what matches ``words``.

    First comes what has all words, then, as long as these are not `ENOUGH`, what has at least half
    of them, the most first. Of these the exact word comes before one that only begins so (which is
    looked for where the exact one is rare), the rare word before the usual, what was told first
    before details, and of equals the newest. Where nothing has all words, one that nothing holds
    is taken for a slip of one letter. Numbers below ``first`` do not count; ``wanted.since`` is
    the caller's to turn into it.
    """
    terms = searched(words)
    if not terms or not (wanted.rooms or wanted.is_widened):
        return Hits([], is_capped=False)
    if reader.engine != "sqlite":
        await reader.execute(text(_PLANNING))
    numbers = await _Search(reader, wanted, first).run(terms)
    return Hits(numbers[:COUNT_LIMIT], is_capped=len(numbers) > COUNT_LIMIT)


_Key = tuple[int, int, float, int]
"""What a hit is sorted by: words it lacks, near words, minus its worth, minus its number."""


class _Search:
    """One search in one scope."""

    def __init__(self, reader: Reader, wanted: Filter, first: int) -> None:
        self._reader = reader
        self._grammar: Grammar = FTS5 if reader.engine == "sqlite" else TSQUERY
        self._scope = self._grammar.scope(wanted)
        self._first = first

    async def run(self, words: Sequence[Word]) -> list[int]:
        """Return what has the words, the best first."""
        terms = [Term(word.stems) for word in words]
        lists = await self._each(terms)
        rare = [n for n, found in enumerate(lists) if len(found) < ENOUGH and words[n].prefix]
        await self._again(
            rare, [replace(terms[n], prefix=words[n].prefix) for n in rare], terms, lists
        )
        ranked = await self._rank(terms, lists)
        missing = [n for n, found in enumerate(lists) if not found]
        if missing and (not ranked or ranked[0][0]):
            near = [await self._known(slipped(words[n].written)) for n in missing]
            nearly = [
                replace(terms[n], prefix=None, near=known)
                for n, known in zip(missing, near, strict=True)
            ]
            await self._again(missing, nearly, terms, lists)
            ranked = await self._rank(terms, lists)
        full = [key for key in ranked if not key[0]]
        return [-key[-1] for key in (full if len(full) >= ENOUGH else ranked)]

    async def _again(
        self, which: Sequence[int], wider: Sequence[Term], terms: list[Term], lists: list[list[int]]
    ) -> None:
        """Look for some of ``terms`` once more, in a wider sense."""
        for n, term, found in zip(which, wider, await self._each(wider), strict=True):
            terms[n], lists[n] = term, found

    async def _known(self, words: frozenset[str]) -> frozenset[str]:
        """Return those of very many ``words`` that may be found at all."""
        if not self._grammar.known:
            return words
        # A plan for one word that it does not know would read the whole table for each.
        await self._reader.execute(text(_READING % {"is_on": "off"}))
        rows = await self._reader.execute(text(self._grammar.known), {"words": sorted(words)})
        found = frozenset(str(row.word) for row in rows)
        await self._reader.execute(text(_READING % {"is_on": "on"}))
        return found

    async def _each(self, terms: Sequence[Term]) -> list[list[int]]:
        """Return the newest that have each of ``terms``."""
        lists: list[list[int]] = [[] for _ in terms]
        if not terms:
            return lists
        values: dict[str, object] = {"first": self._first, "n": _NEWEST}
        for n, term in enumerate(terms):
            values[f"query{n}"] = self._grammar.all(self._scope, [term])
        statement = text(self._grammar.each(terms))
        for row in await self._reader.execute(statement, values):
            lists[row.word].append(row.id)
        return lists

    async def _rank(self, terms: Sequence[Term], lists: Sequence[Sequence[int]]) -> list[_Key]:
        """Return the keys of what has at least half of ``terms``, the best first."""
        rarity = [math.log2(1 + _NEWEST / len(found)) if found else 0.0 for found in lists]
        ranked: list[_Key] = []
        for number, tokens in (await self._read(await self._likely(terms, lists, rarity))).items():
            everywhere = tokens | first_tokens(tokens)
            has = [n for n, term in enumerate(terms) if term.is_nearly_in(everywhere)]
            if 2 * len(has) < len(terms):
                continue
            near = sum(not terms[n].is_in(everywhere) for n in has)
            worth = sum(rarity[n] * (1 if terms[n].is_nearly_in(tokens) else 0.5) for n in has)
            ranked.append((len(terms) - len(has), near, -round(worth, 3), -number))
        return sorted(ranked)

    async def _likely(
        self, terms: Sequence[Term], lists: Sequence[Sequence[int]], rarity: Sequence[float]
    ) -> list[int]:
        """Return what to compare: all that have the rarest word, and the most promising others."""
        promise: dict[int, float] = {}
        for worth, found in zip(rarity, lists, strict=True):
            for number in found:
                promise[number] = promise.get(number, 0) + worth
        others = sorted(promise, key=lambda number: (-promise[number], -number))
        shortest = min(filter(None, lists), key=len, default=())
        if len(shortest) == _NEWEST:
            shortest = await self._all(terms, shortest)
        return list(dict.fromkeys([*shortest, *others]))[:_RANKED]

    async def _all(self, terms: Sequence[Term], newest: Sequence[int]) -> list[int]:
        """Return the newest that have all ``terms``, of which each is in many.

        Of a single one, ``newest`` are these. Where there are more than are shown, those come first
        that do not have them in their details alone.
        """
        found = newest if len(terms) == 1 else await self._together(terms, is_detailed=True)
        if len(found) < _NEWEST:
            return list(found)
        return [*await self._together(terms, is_detailed=False), *found]

    async def _together(self, terms: Sequence[Term], *, is_detailed: bool) -> list[int]:
        """Return the newest that have all ``terms``; slow where few do and each is usual."""
        question = self._grammar.all(self._scope, terms, is_detailed=is_detailed)
        values = {"query": question, "first": self._first, "n": _NEWEST}
        rows = await self._reader.execute(text(self._grammar.newest), values)
        return [int(row[0]) for row in rows]

    async def _read(self, numbers: Sequence[int]) -> dict[int, frozenset[str]]:
        """Return the tokens of ``numbers``."""
        if not numbers:
            return {}
        statement = text(self._grammar.read).bindparams(bindparam("numbers", expanding=True))
        rows = await self._reader.execute(statement, {"numbers": numbers})
        return {row.id: frozenset(row.tokens.split()) for row in rows}
