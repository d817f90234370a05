"""Experience grammar: how each engine writes a question to the index of experiences.

Tokens hold nothing but ASCII letters, digits and ``_``, so that none of them is an operator.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.storage.experience_index import Filter, detail_tokens, seen_tokens, wanted_tokens


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is looked for: one of ``stems`` is a hit, or what begins with ``prefix``."""

    stems: frozenset[str]
    prefix: str | None = None

    def is_in(self, tokens: frozenset[str]) -> bool:
        """Return whether the word is among ``tokens``."""
        if not self.stems.isdisjoint(tokens):
            return True
        return self.prefix is not None and any(map(self._begins, tokens))

    def _begins(self, token: str) -> bool:
        return self.prefix is not None and token.startswith(self.prefix)


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one engine writes a question.

    ``begins`` is the statement for questions with beginnings of words: PostgreSQL cannot guess how
    many rows those match and would read the whole table backwards for a word that nobody wrote.
    """

    both: str
    either: str
    token: str
    prefix: str
    hits: str
    read: str
    begins: str

    @property
    def newest(self) -> str:
        """Return the statement for the newest that a question finds."""
        return f"{self.hits} ORDER BY 1 DESC LIMIT :n"

    def each(self, count: int) -> str:
        """Return the statement for the newest that each of ``count`` questions finds."""
        looks = (
            f"SELECT * FROM (SELECT {n} AS word, {hits} ORDER BY 2 DESC LIMIT :n) AS hits{n}"  # noqa: S608  constants
            for n in range(count)
            for hits in [self.hits.removeprefix("SELECT ").replace(":query", f":query{n}")]
        )
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
        words = sorted(term.stems)
        begins = [term.prefix] if term.prefix else []
        if is_detailed:
            words += sorted(detail_tokens(words))
            begins += sorted(detail_tokens(begins))
        return self.any(
            [self.token % word for word in words] + [self.prefix % one for one in begins]
        )


_FTS5_HITS = (
    "SELECT rowid FROM experience_index WHERE experience_index MATCH :query AND rowid >= :first"
)
FTS5 = Grammar(
    both=" AND ",
    either=" OR ",
    token='"%s"',  # noqa: S106  no password
    prefix='"%s"*',
    hits=_FTS5_HITS,
    read="SELECT rowid, tokens FROM experience_index WHERE rowid IN :numbers",
    begins=f"{_FTS5_HITS} ORDER BY 1 DESC LIMIT :n",
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
    read="SELECT id, array_to_string(tsvector_to_array(tokens), ' ')"
    " FROM experience_index WHERE id IN :numbers",
    begins=f"WITH hit AS MATERIALIZED ({_TSQUERY_HITS})"  # noqa: S608  constants
    " SELECT id FROM hit ORDER BY 1 DESC LIMIT :n",
)
