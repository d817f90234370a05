"""Experience card: how an experience reads on a telephone, problem and solution first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.i18n import Catalogue
from bot.services.number import EXPERIENCE, named
from bot.storage import experience, experience_interest, experience_media
from bot.storage.experience import Experience, Status, Visibility
from bot.storage.transaction import Reader
from bot.text import Code, Said, Text, details, lines, paragraphs, render
from bot.when import long_date

TITLE_LENGTH = 80
"""Characters of the line that stands for an experience in a list: one line on a wide screen."""

FIRST = ("problem", "solution", "note")
"""What is read at once; the other fields are folded away."""

FOLDED = ("context", "how", "result", "learned", "conditions", "to_adapt", "means", "contact")
"""What is read by who wants to do the same, in this order."""


NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Manner:
    """In which language and zone a card is written, and what its author is called there."""

    language: str
    zone: ZoneInfo
    author: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What others made of an experience: how often it was taken up, and how many want it."""

    reuses: int = 0
    interested: int = 0
    pieces: int = 0


NO_FACTS = Facts()


async def facts(reader: Reader, numbers: Sequence[int]) -> dict[int, Facts]:
    """Return what others made of each of ``numbers``."""
    reuses = await experience.reuse_counts(reader, numbers)
    interested = await experience_interest.counts(reader, numbers)
    pieces = await experience_media.counts(reader, numbers)
    return {
        number: Facts(reuses.get(number, 0), interested.get(number, 0), pieces.get(number, 0))
        for number in {*reuses, *interested, *pieces}
    }


def title(item: Experience) -> str:
    """Return one line that stands for ``item`` in a list: its title, or else how it begins."""
    line = " ".join((item.title or item.problem or item.note or item.text).split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def card(words: Catalogue, item: Experience, known: Facts, manner: Manner, now: datetime) -> Text:
    """Return the whole card of ``item``."""
    pen = _Pen(words, item, manner, now)
    folded = [pen.field(name) for name in FOLDED if getattr(item, name)]
    parts = [pen.heading(), *(pen.field(name) for name in FIRST if getattr(item, name))]
    if folded:
        parts.append(details(pen.text("experience.card.more"), paragraphs(folded)))
    parts.append(lines(pen.footer(known)))
    return paragraphs(parts)


def preview(words: Catalogue, item: Experience, manner: Manner, now: datetime) -> Text:
    """Return what an experience says that is not published yet, with nothing folded away."""
    pen = _Pen(words, item, manner, now)
    names = ("title", *FIRST, *FOLDED, "world", "place")
    return paragraphs([pen.field(name) for name in names if getattr(item, name)])


def line(words: Catalogue, item: Experience, known: Facts, manner: Manner, now: datetime) -> Text:
    """Return an entry of a list: id, title, author, date, and below what became of it."""
    pen = _Pen(words, item, manner, now)
    shown = pen.text(
        "experience.line",
        title=pen.said(title(item)),
        author=pen.said(manner.author),
        date=pen.date(item.created_at),
    )
    remarks = pen.status() + pen.counts(known)
    return lines([shown, _joined(remarks)]) if remarks else shown


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes the parts of a card."""

    words: Catalogue
    item: Experience
    manner: Manner
    now: datetime

    def text(self, message_id: str, *, n: int | None = None, **params: object) -> Text:
        template = self.words.text(message_id, self.manner.language, n=n)
        name = named(EXPERIENCE, self.item.id)
        return render(template, {"id": name, "n": n or 0, **params})

    def sign(self, message_id: str, *, n: int | None = None, **params: object) -> Text:
        """Return a text that begins with a sign, which no end of line parts from its word."""
        found = self.text(message_id, n=n, **params)
        body, html = (words.replace(" ", NO_BREAK, 1) for words in (found.body, found.html))
        return replace(found, body=body, html=html)

    def date(self, moment: datetime) -> str:
        zone, language = self.manner.zone, self.manner.language
        day = moment.astimezone(zone).date()
        return long_date(day, zone=zone, language=language, with_zone=False, now=self.now)

    def said(self, words: str) -> Said:
        """Return words of the author, so that it is known whose they are."""
        return Said(words, self.item.author)

    def heading(self) -> Text:
        if self.item.title:
            return self.text("experience.card.title", title=self.said(self.item.title))
        return self.text("experience.card.untitled")

    def field(self, name: str) -> Text:
        value: Said | Text = self.said(getattr(self.item, name))
        if name == "note":
            return render("{text}", {"text": value})
        if name == "world":
            value = self.text(f"profile.world.{self.item.world}")
        label = self.text(f"experience.field.{name}")
        return self.text("experience.card.field", label=label, text=value)

    def footer(self, known: Facts) -> list[Text]:
        """Return who, where, when; then what it takes up, what became of it, and its tags."""
        item = self.item
        world = self.text(f"profile.world.{item.world}") if item.world else None
        place = render("{place}", {"place": self.said(item.place)}) if item.place else None
        byline = self.sign("experience.card.author", author=self.said(self.manner.author))
        date = render("{date}", {"date": self.date(item.created_at)})
        found = [_joined([part for part in (byline, world, place, date) if part is not None])]
        if item.parent_id is not None:
            parent = Code(named(EXPERIENCE, item.parent_id))
            found.append(self.sign("experience.card.parent", parent=parent))
        found += self.status(with_reason=True)
        counts = self.counts(known)
        if item.visibility != Visibility.ROOM:
            counts.append(self.sign(f"experience.card.visibility.{item.visibility}"))
        if counts:
            found.append(_joined(counts))
        if item.tags:
            tags = " ".join(f"#{tag}" for tag in sorted(item.tags))
            found.append(self.sign("experience.card.tags", tags=tags))
        return found

    def status(self, *, with_reason: bool = False) -> list[Text]:
        """Return what became of it and since when that is known, if it is."""
        item = self.item
        if item.status is None or item.status_at is None:
            return []
        date = self.date(item.status_at)
        said = self.sign(f"experience.card.status.{Status(item.status)}", date=date)
        if not with_reason or not item.status_reason:
            return [said]
        reason = self.text(
            "experience.card.reason", status=said, reason=self.said(item.status_reason)
        )
        return [reason]

    def counts(self, known: Facts) -> list[Text]:
        found: list[Text] = []
        if known.pieces:
            found.append(self.sign("experience.card.pieces", n=known.pieces))
        if known.reuses:
            found.append(self.sign("experience.card.reuses", n=known.reuses))
        if known.interested:
            found.append(self.sign("experience.card.interested", n=known.interested))
        return found


def _joined(parts: list[Text]) -> Text:
    """Return ``parts`` on one line with a dot between, which begins no line."""
    names = [f"p{number}" for number in range(len(parts))]
    template = f"{NO_BREAK}· ".join(f"{{{name}}}" for name in names)
    return render(template, dict(zip(names, parts, strict=True)))
