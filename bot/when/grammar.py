"""The whole grammar: which clauses make a phrase, in any order."""

from collections.abc import Hashable, Mapping

from bot.when.day_pattern import DAY_RULES
from bot.when.hour_pattern import HOUR_RULES
from bot.when.pattern import Grammar, Reader, Rules
from bot.when.repeat_pattern import REPEAT_RULES
from bot.when.span_pattern import SPAN_RULES
from bot.when.stamp import STAMP_RULES
from bot.when.terminal import TERMINALS

Clauses = frozenset[tuple[str, Hashable]]

_ZONE_RULES: Rules = {
    "zone_name": [
        ("time_of place", lambda found: found.one("place", str)),
        ("in? place time_word", lambda found: found.one("place", str)),
        ("bare_zone", lambda found: found.one("bare_zone", str)),
    ],
    "zone": [
        ("zone_name", lambda found: found.one("zone_name", str)),
        ("open zone_name close", lambda found: found.one("zone_name", str)),
    ],
}

_RULES = DAY_RULES | HOUR_RULES | SPAN_RULES | REPEAT_RULES | STAMP_RULES | _ZONE_RULES

GRAMMARS: Mapping[str, Grammar] = {
    language: Grammar(_RULES, terminals) for language, terminals in TERMINALS.items()
}

_FORMS = (
    frozenset({"day", "hour", "part", "zone", "lasting"}),
    frozenset({"day", "hours", "part", "zone"}),
    frozenset({"days"}),
    frozenset({"points", "zone"}),
    frozenset({"repeat", "hour", "part", "zone", "lasting", "starting", "until"}),
    frozenset({"repeat", "hours", "part", "zone", "starting", "until"}),
    frozenset({"instant"}),
    frozenset({"stamp"}),
    frozenset({"stamps"}),
)
"""The clauses that go together; each is said at most once."""

_KINDS = sorted(frozenset().union(*_FORMS))


def read_phrases(reader: Reader) -> Mapping[int, set[Clauses]]:
    """Return every sequence of clauses from the first token on, by the position after it."""
    found: dict[int, set[Clauses]] = {}
    waiting: list[tuple[Clauses, int]] = [(frozenset(), 0)]
    while waiting:
        clauses, position = waiting.pop()
        said = {kind for kind, _ in clauses}
        starts = [position, *(end for _, end in reader.read("comma", position) if clauses)]
        for kind in _KINDS:
            if kind in said or not any(said | {kind} <= form for form in _FORMS):
                continue
            for start in starts:
                for value, end in reader.read(kind, start):
                    longer = clauses | {(kind, value)}
                    if longer not in found.setdefault(end, set()):
                        found[end].add(longer)
                        waiting.append((longer, end))
    return found
