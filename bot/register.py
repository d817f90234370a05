"""Register: what is kept of people, as a page of the documentation, from what tables declare.

``python -m bot.register docs/privacy.md`` writes the part between the two marks of that page anew.
"""

import sys
from pathlib import Path

from bot.config.settings import RetentionSettings
from bot.i18n import Catalogue
from bot.storage.personal import Erasure, Limit, What, columns_of, of_table
from bot.storage.tables import Table, metadata

LANGUAGE = "en"

_BEGIN, _END = "<!-- register -->", "<!-- end of the register -->"


def register(words: Catalogue) -> str:
    """Return the register of processing (GDPR, article 30) as Markdown tables, by purpose."""
    tables = [table for table in metadata.sorted_tables if _is_personal(table)]
    blocks: list[str] = []
    for purpose in sorted({of_table(table).purpose for table in tables}):
        title = words.text(f"privacy.purpose.{purpose}", LANGUAGE)
        blocks += [f"### {title[:1].upper()}{title[1:]}", "\n".join(_HEAD)]
        rows = [_row(table, words) for table in tables if of_table(table).purpose is purpose]
        blocks[-1] += "\n" + "\n".join(sorted(rows))
    others = ", ".join(f"`{table.name}`" for table in metadata.sorted_tables if table not in tables)
    blocks.append(words.text("privacy.register_others", LANGUAGE).format(tables=others))
    return "\n\n".join(blocks)


def renewed(page: str, words: Catalogue) -> str:
    """Return ``page`` with the register between its marks as it is now."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n\n{register(words)}\n\n{_END}{after}"


_HEAD = (
    "| Table | Whose | What they said or chose | Facts | How long | When they are forgotten |",
    "|---|---|---|---|---|---|",
)


def _is_personal(table: Table) -> bool:
    return of_table(table).erasure is not Erasure.NONE


def _row(table: Table, words: Catalogue) -> str:
    declared = of_table(table)
    whose = _names(table, What.PERSON, What.CONVERSATION, What.PLACE)
    if declared.belongs is not None:
        whose = ", ".join(filter(None, [whose, f"of `{declared.belongs.table}`"]))
    cells = [
        f"`{table.name}`",
        whose,
        _names(table, What.WORDS),
        _names(table, What.FACT),
        "; ".join(map(_limit, declared.limits))
        or words.text(f"privacy.until.{declared.until}", LANGUAGE),
        words.text(f"privacy.erasure.{declared.erasure}", LANGUAGE),
    ]
    return f"| {' | '.join(cells)} |"


def _names(table: Table, *kinds: What) -> str:
    return ", ".join(f"`{column.name}`" for column in columns_of(table, *kinds))


def _limit(limit: Limit) -> str:
    days = RetentionSettings().model_dump()[limit.setting] if limit.setting else limit.days
    setting = f" (`retention.{limit.setting}`)" if limit.setting else ""
    return f"{days} days after `{limit.after}`{setting}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(renewed(path.read_text(encoding="utf-8"), Catalogue.load()), encoding="utf-8")
