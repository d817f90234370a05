"""Experience grammar: how each engine writes a question to the index of experiences.

Tokens hold nothing but ASCII letters, digits and ``_``, so that none of them is an operator.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.storage.experience_index import Filter, detail_tokens, seen_tokens, wanted_tokens


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is looked for: one of ``stems`` is a hit.

    So is, and counts a little less, one of ``near``, or what begins with ``prefix``.
    """

    stems: frozenset[str]
    prefix: str | None = None
    near: frozenset[str] = frozenset()

    def is_in(self, tokens: AbstractSet[str]) -> bool:
        """Return whether the word itself is among ``tokens``."""
        return not self.stems.isdisjoint(tokens)

    def is_nearly_in(self, tokens: AbstractSet[str]) -> bool:
        """Return whether the word, a near one or a longer one is among ``tokens``."""
        if self.is_in(tokens) or not self.near.isdisjoint(tokens):
            return True
        prefix = self.prefix
        return prefix is not None and any(token.startswith(prefix) for token in tokens)


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one engine writes a question: ``hits`` finds numbers, ``read`` their tokens.

    ``apart`` is put before ``hits`` where a question has beginnings of words: PostgreSQL cannot
    guess how many rows those match and would read the table backwards for a word nobody wrote.
    ``known`` tells which of very many words are in use at all, where asking for all at once is
    slow: 1,000 words in a room of 50,000 took PostgreSQL 2 s. It looks up the usual ones in the
    statistics of the table: reading where each of those stands took 0.2 s among a million.
    """

    both: str
    either: str
    token: str
    prefix: str
    hits: str
    read: str
    known: str = ""
    apart: str = "%s"

    @property
    def newest(self) -> str:
        """Return the statement for the newest that a question finds."""
        return f"{self.hits} ORDER BY 1 DESC LIMIT :n"

    def each(self, terms: Sequence[Term]) -> str:
        """Return the statement for the newest that the question of each of ``terms`` finds."""
        looks: list[str] = []
        for n, term in enumerate(terms):
            hits = self.hits.replace(":query", f":query{n}")
            if term.prefix:
                hits = self.apart % hits
            newest = f"SELECT {n} AS word, id FROM ({hits}) AS hit{n} ORDER BY id DESC LIMIT :n"  # noqa: S608  constants
            looks.append(f"SELECT * FROM ({newest}) AS look{n}")  # noqa: S608  constants
        return " UNION ALL ".join(looks)

    def scope(self, wanted: Filter) -> str:
        """Return the part of a question that says where and whose."""
        seen = self.any(self.token % token for token in seen_tokens(wanted))
        return self.both.join([seen, *(self.token % token for token in wanted_tokens(wanted))])

    def all(self, scope: str, terms: Sequence[Term], *, is_detailed: bool = True) -> str:
        """Return the question for what has all ``terms``, in its details too or only before."""
        return self.both.join([scope, *(self._term(term, is_detailed) for term in terms)])

    def any(self, alternatives: Iterable[str]) -> str:
        """Return the part of a question that asks for one of ``alternatives``."""
        return f"({self.either.join(f'({one})' for one in alternatives)})"

    def _term(self, term: Term, is_detailed: bool) -> str:
        words = sorted(term.stems | term.near)
        begins = [term.prefix] if term.prefix else []
        if is_detailed:
            words += sorted(detail_tokens(words))
            begins += sorted(detail_tokens(begins))
        return self.any(
            [self.token % word for word in words] + [self.prefix % one for one in begins]
        )


FTS5 = Grammar(
    both=" AND ",
    either=" OR ",
    token='"%s"',  # noqa: S106  no password
    prefix='"%s"*',
    hits="SELECT rowid AS id FROM experience_index"
    " WHERE experience_index MATCH :query AND rowid >= :first",
    read="SELECT rowid AS id, tokens FROM experience_index WHERE rowid IN :numbers",
)

_TSQUERY_HITS = (
    "SELECT id FROM experience_index WHERE tokens @@ CAST(:query AS tsquery) AND id >= :first"
)
TSQUERY = Grammar(
    both="&",
    either="|",
    token="'%s'",  # noqa: S106  no password
    prefix="'%s':*",
    hits=_TSQUERY_HITS,
    read="SELECT id, array_to_string(tsvector_to_array(tokens), ' ') AS tokens"
    " FROM experience_index WHERE id IN :numbers",
    known="WITH usual AS (SELECT unnest(most_common_elems::text::text[]) AS word FROM pg_stats"
    " WHERE schemaname = current_schema() AND tablename = 'experience_index'"
    " AND attname = 'tokens')"
    " SELECT word FROM unnest(CAST(:words AS text[])) AS word WHERE CASE"
    " WHEN word IN (SELECT word FROM usual) THEN true ELSE EXISTS"
    " (SELECT FROM experience_index WHERE tokens @@ CAST(quote_literal(word) AS tsquery)) END",
    apart="WITH hit AS MATERIALIZED (%s) SELECT id FROM hit",
)
