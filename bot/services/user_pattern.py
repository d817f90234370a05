"""User pattern: user ids as the settings describe them, such as ``*:example.org``."""

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.ids import UserId


class UserPatterns:
    """Some users, by patterns; ``*`` stands for anything but ":", alone for everybody."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._expressions = [re.compile(_expression(pattern)) for pattern in patterns]
        self.matches = lru_cache(maxsize=10_000)(self._matches)

    def _matches(self, user: UserId) -> bool:
        """Return whether a pattern describes ``user``."""
        return any(expression.fullmatch(user) for expression in self._expressions)


def _expression(pattern: str) -> str:
    if pattern == "*":
        return ".*"
    whole = pattern if pattern.startswith(("@", "*")) else f"@{pattern}"
    return re.escape(whole).replace(r"\*", "[^:]*")
