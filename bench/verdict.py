"""Judges from the rooms' history alone whether every command got its one answer, in order.

A command is a member's message that starts with ``!``; its answer is the bot's message in reply to
it. What the members' programs remember, what the bot's database says: none of it is asked.
"""

import enum
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.experience_history import experience_id, wrong_searches
from bot.demo.client_api import text
from bot.demo.room_event import RoomEvent

OID = "app.compagnon.oid"
"""Where the bot's messages carry the identity of their cause (docs/architecture.md, Send)."""

REMIND = frozenset({"remind", "rappel"})
SHARE = frozenset({"share", "partage"})


class Flaw(enum.Enum):
    """What must never happen."""

    LOST = "lost"
    DOUBLED = "doubled"
    OUT_OF_ORDER = "out of order"
    WRONG = "wrong answer"
    REMINDER_LOST = "reminder lost"
    REMINDER_DOUBLED = "reminder doubled"
    UNREADABLE = "unreadable"
    PLAINTEXT = "plaintext where the room is encrypted"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that happened and must not: where, and to which event."""

    flaw: Flaw
    room_id: str
    event_id: str
    detail: str


@dataclass(slots=True)
class Verdict:
    """What the history of all rooms shows."""

    commands: int = 0
    answered: int = 0
    withdrawn: int = 0
    """Commands that their author redacted: an answer is allowed, none is too."""
    reminders_due: int = 0
    reminders_delivered: int = 0
    unasked: int = 0
    """Messages of the bot that answer nobody and are no reminder: greetings and the like."""
    findings: list[Finding] = field(default_factory=list)

    def count(self, flaw: Flaw) -> int:
        """Return how often ``flaw`` was found."""
        return sum(finding.flaw is flaw for finding in self.findings)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is missing any more; doubles may still come."""
        return not self.count(Flaw.LOST) and not self.count(Flaw.REMINDER_LOST)


def judge(histories: Iterable[Sequence[RoomEvent]], bot_id: str) -> Verdict:
    """Return the verdict over whole histories, each of one room and oldest first."""
    verdict = Verdict()
    for history in histories:
        _Room(history, bot_id, verdict).judge()
    return verdict


def note_unreadable(
    verdict: Verdict, history: Iterable[RoomEvent], bot_id: str, reader: str
) -> None:
    """Add to the verdict what the bot said in a history and one of its readers cannot open."""
    for event in history:
        if event.sender == bot_id and event.type == "m.room.encrypted" and not event.is_redacted:
            finding = Finding(Flaw.UNREADABLE, event.room_id, event.event_id, f"for {reader}")
            verdict.findings.append(finding)


def note_plaintext(verdict: Verdict, history: Iterable[RoomEvent], bot_id: str) -> None:
    """Add to the verdict what the bot said for all to read in a room that is encrypted."""
    for event in history:
        is_said = event.type == "m.room.message" and not event.is_redacted
        if event.sender == bot_id and is_said and not event.is_opened:
            finding = Finding(Flaw.PLAINTEXT, event.room_id, event.event_id, event.msgtype)
            verdict.findings.append(finding)


def command_name(event: RoomEvent) -> str:
    """Return the name of the command in a message, lower case; empty when it is none."""
    body = event.body.strip()
    is_command = (
        event.type == "m.room.message" and event.relation != "m.replace" and body.startswith("!")
    )
    return body[1:].split(maxsplit=1)[0].lower() if is_command and len(body) > 1 else ""


class _Room:
    """The history of one room, sorted into commands and what the bot said to each."""

    def __init__(self, history: Sequence[RoomEvent], bot_id: str, verdict: Verdict) -> None:
        self.history = history
        self.verdict = verdict
        self.of_members = [event for event in history if event.sender != bot_id]
        self.of_bot = [
            event
            for event in history
            if event.sender == bot_id and event.type == "m.room.message" and not event.is_redacted
        ]
        self.commands = [event for event in self.of_members if command_name(event)]
        self.answers = self._answers()

    def _answers(self) -> Mapping[str, list[RoomEvent]]:
        answers: dict[str, list[RoomEvent]] = defaultdict(list)
        for event in self.of_bot:
            if event.reply_to and event.relation != "m.replace":
                answers[event.reply_to].append(event)
        return answers

    def judge(self) -> None:
        self.verdict.commands += len(self.commands)
        self.verdict.withdrawn += sum(
            event.is_redacted and event.type == "m.room.message" for event in self.of_members
        )
        self._judge_counts()
        self._judge_oids()
        self._judge_order()
        self._judge_content()
        self._judge_reminders()

    def _found(self, flaw: Flaw, event: RoomEvent, detail: str) -> None:
        finding = Finding(flaw, event.room_id, event.event_id, detail)
        self.verdict.findings.append(finding)

    def _judge_counts(self) -> None:
        edits = Counter(e.related_to for e in self.of_members if e.relation == "m.replace")
        for command in self.commands:
            count = len(self.answers.get(command.event_id, ()))
            self.verdict.answered += count > 0
            if not count:
                self._found(Flaw.LOST, command, command.body)
        for event in self.of_members:
            count = len(self.answers.get(event.event_id, ()))
            # An edited command is evaluated again: each edit may bring one more answer.
            if count > 1 + edits[event.event_id]:
                self._found(Flaw.DOUBLED, event, f"{count} answers to: {event.body}")

    def _judge_oids(self) -> None:
        oids = Counter(text(event.content, OID) for event in self.of_bot)
        for event in self.of_bot:
            oid = text(event.content, OID)
            if oid and oids[oid] > 1:
                self._found(Flaw.DOUBLED, event, f"oid {oid} {oids[oid]} times")
                oids[oid] = 1  # Said once is enough.

    def _judge_order(self) -> None:
        position = {event.event_id: index for index, event in enumerate(self.history)}
        latest: dict[str, int] = {}
        for event in self.of_members:
            answers = self.answers.get(event.event_id)
            if answers:
                answered_at = position[answers[0].event_id]
                if answered_at < latest.get(event.sender, -1):
                    self._found(Flaw.OUT_OF_ORDER, event, event.body)
                latest[event.sender] = max(answered_at, latest.get(event.sender, -1))

    def _judge_content(self) -> None:
        for command in self.commands:
            name = command_name(command)
            for answer in self.answers.get(command.event_id, ())[:1]:
                is_right = (name != "ping" or "pong" in answer.body.lower()) and (
                    name not in SHARE or bool(experience_id(answer.body))
                )
                if not is_right:
                    self._found(Flaw.WRONG, command, f"{command.body}: {answer.body}")
        for event, detail in wrong_searches(self.history, self.answers):
            self._found(Flaw.WRONG, event, detail)

    def _judge_reminders(self) -> None:
        unasked = [
            event for event in self.of_bot if not event.reply_to and event.relation != "m.replace"
        ]
        delivered = 0
        for command in self.commands:
            if command_name(command) in REMIND and self.answers.get(command.event_id):
                word = command.body.split()[-1]
                count = sum(word in event.body for event in unasked)
                self.verdict.reminders_due += 1
                self.verdict.reminders_delivered += count > 0
                delivered += count
                if count == 0:
                    self._found(Flaw.REMINDER_LOST, command, command.body)
                if count > 1:
                    self._found(Flaw.REMINDER_DOUBLED, command, f"{count}: {command.body}")
        self.verdict.unasked += len(unasked) - delivered
