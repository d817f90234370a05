"""Whether the judge of a soak sees everything that must not happen, in histories made by hand."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bench.verdict import Flaw, Verdict, judge, note_plaintext, note_unreadable
from bot.demo.room_event import RoomEvent, parsed
from bot.ids import RoomId

ROOM = RoomId("!room:test")
BOT = "@compagnon:test"
ALICE = "@alice:test"
BRUNO = "@bruno:test"


class History:
    """A room's history that grows by what is said in it."""

    def __init__(self) -> None:
        self.events: list[RoomEvent] = []
        self._numbers = itertools.count(1)

    def add(self, sender: str, type_: str, content: dict[str, object], **more: object) -> str:
        event_id = f"$event{next(self._numbers)}"
        event = {"event_id": event_id, "sender": sender, "type": type_, "content": content} | more
        self.events.append(parsed(ROOM, event))
        return event_id

    def say(self, sender: str, body: str, reply_to: str = "", oid: str = "") -> str:
        content: dict[str, object] = {"msgtype": "m.text", "body": body}
        if reply_to:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        if oid:
            content["app.compagnon.oid"] = oid
        return self.add(sender, "m.room.message", content)

    def answer(self, command: str, body: str = "pong") -> str:
        return self.say(BOT, body, reply_to=command)

    def edit(self, sender: str, event_id: str, body: str) -> str:
        relation = {"rel_type": "m.replace", "event_id": event_id}
        new = {"msgtype": "m.text", "body": body}
        content: dict[str, object] = {**new, "m.new_content": new, "m.relates_to": relation}
        return self.add(sender, "m.room.message", content)

    def redact(self, sender: str, event_id: str) -> str:
        index = next(n for n, event in enumerate(self.events) if event.event_id == event_id)
        old = self.events[index]
        self.events[index] = parsed(
            ROOM,
            {
                "event_id": event_id,
                "sender": old.sender,
                "type": old.type,
                "content": {},
                "unsigned": {"redacted_because": {"type": "m.room.redaction"}},
            },
        )
        return self.add(sender, "m.room.redaction", {"redacts": event_id}, redacts=event_id)


@pytest.fixture
def room() -> History:
    return History()


def verdict(room: History) -> Verdict:
    return judge([room.events], BOT)


def flaws(room: History) -> Sequence[Flaw]:
    return [finding.flaw for finding in verdict(room).findings]


def test_verdict_of_answered_commands_is_clean(room: History) -> None:
    first = room.say(ALICE, "!ping")
    second = room.say(BRUNO, "!ping")
    room.say(ALICE, "bonjour à tous")
    room.answer(second)
    room.answer(first)
    seen = verdict(room)
    assert (seen.commands, seen.answered, seen.findings) == (2, 2, [])


def test_verdict_sees_a_lost_command(room: History) -> None:
    room.answer(room.say(ALICE, "!ping"))
    room.say(ALICE, "!ping")
    assert flaws(room) == [Flaw.LOST]
    assert not verdict(room).is_settled


def test_verdict_sees_two_answers(room: History) -> None:
    command = room.say(ALICE, "!ping")
    room.answer(command)
    room.answer(command)
    assert flaws(room) == [Flaw.DOUBLED]


def test_verdict_sees_what_a_reader_cannot_open(room: History) -> None:
    sealed = room.add(BOT, "m.room.encrypted", {"ciphertext": "…"})
    room.add(ALICE, "m.room.encrypted", {"ciphertext": "…"})
    room.redact(BOT, room.add(BOT, "m.room.encrypted", {"ciphertext": "…"}))
    seen = verdict(room)

    note_unreadable(seen, room.events, BOT, BRUNO)

    assert [(each.flaw, each.event_id, each.detail) for each in seen.findings] == [
        (Flaw.UNREADABLE, sealed, f"for {BRUNO}")
    ]


def test_verdict_sees_the_same_oid_twice_without_a_reply(room: History) -> None:
    room.say(BOT, "un rappel", oid="abc")
    room.say(BOT, "un rappel", oid="abc")
    room.say(BOT, "un autre", oid="def")
    assert flaws(room) == [Flaw.DOUBLED]


def test_verdict_sees_answers_out_of_order_within_a_conversation(room: History) -> None:
    first, second = room.say(ALICE, "!ping"), room.say(ALICE, "!ping")
    room.answer(second)
    room.answer(first)
    assert flaws(room) == [Flaw.OUT_OF_ORDER]


def test_verdict_allows_any_order_between_conversations(room: History) -> None:
    first, second = room.say(ALICE, "!ping"), room.say(BRUNO, "!ping")
    room.answer(second)
    room.answer(first)
    assert flaws(room) == []


def test_verdict_sees_a_wrong_answer(room: History) -> None:
    room.answer(room.say(ALICE, "!ping"), "Quelque chose s'est cassé de mon côté")
    room.answer(room.say(ALICE, "!share zobi → lamu"), "noté")
    assert flaws(room) == [Flaw.WRONG, Flaw.WRONG]


def test_verdict_lets_a_redacted_command_be_answered_or_not(room: History) -> None:
    room.redact(ALICE, room.say(ALICE, "!share zobi → lamu"))
    answered = room.say(ALICE, "!share rolu → pemi")
    room.answer(answered, "C'est noté : E1")
    room.redact(ALICE, answered)
    seen = verdict(room)
    assert (seen.withdrawn, seen.findings) == (2, [])


def test_verdict_allows_one_more_answer_for_each_edit(room: History) -> None:
    share = room.say(ALICE, "!share zobi → lamu")
    room.answer(share, "C'est noté : E1")
    room.edit(ALICE, share, "!share rolu → pemi")
    room.answer(share, "E1 est à jour")
    assert flaws(room) == []
    room.answer(share, "E1 est à jour")
    assert flaws(room) == [Flaw.DOUBLED]


def test_verdict_ignores_the_edits_of_the_bot(room: History) -> None:
    answer = room.answer(room.say(ALICE, "!ping"))
    room.edit(BOT, answer, "pong, encore")
    seen = verdict(room)
    assert (seen.answered, seen.unasked, seen.findings) == (1, 0, [])


def test_verdict_counts_reminders(room: History) -> None:
    for word, deliveries in (("zobi", 1), ("lamu", 0), ("rolu", 2)):
        room.answer(room.say(ALICE, f"!remind me in 1 min {word}"), f"R1: {word}")
        for _ in range(deliveries):
            room.say(BOT, f"rappel : {word}")
    seen = verdict(room)
    assert (seen.reminders_due, seen.reminders_delivered) == (3, 2)
    assert flaws(room) == [Flaw.REMINDER_LOST, Flaw.REMINDER_DOUBLED]


def test_verdict_counts_what_nobody_asked_for(room: History) -> None:
    room.say(BOT, "Bienvenue !")
    assert verdict(room).unasked == 1


def test_verdict_search_finds_the_experience_once(room: History) -> None:
    room.answer(room.say(ALICE, "!share zobi → lamu"), "C'est noté : E1")
    room.answer(room.say(BRUNO, "!search zobi"), "E1 zobi")
    room.answer(room.say(BRUNO, "!cherche rien"), "Rien trouvé")
    assert flaws(room) == []


@pytest.mark.parametrize("found", ["Rien trouvé", "E1 zobi, E2 zobi", "E2 zobi"])
def test_verdict_sees_a_search_that_misses_or_doubles(room: History, found: str) -> None:
    room.answer(room.say(ALICE, "!share zobi → lamu"), "C'est noté : E1")
    room.answer(room.say(BRUNO, "!search zobi"), found)
    assert flaws(room) == [Flaw.WRONG]


def test_verdict_search_follows_the_edit(room: History) -> None:
    share = room.say(ALICE, "!share zobi → lamu")
    room.answer(share, "C'est noté : E1")
    room.edit(ALICE, share, "!share rolu → pemi")
    room.answer(room.say(ALICE, "!search zobi"), "Rien trouvé")
    room.answer(room.say(ALICE, "!search rolu"), "E1 rolu")
    assert flaws(room) == []
    room.answer(room.say(ALICE, "!search zobi"), "E1 zobi")
    assert flaws(room) == [Flaw.WRONG]


def test_verdict_search_ignores_an_edit_by_somebody_else(room: History) -> None:
    share = room.say(ALICE, "!share zobi → lamu")
    room.answer(share, "C'est noté : E1")
    room.edit(BRUNO, share, "!share rolu → pemi")
    room.answer(room.say(ALICE, "!search zobi"), "E1 zobi")
    assert flaws(room) == []


def test_verdict_search_follows_the_redaction(room: History) -> None:
    share = room.say(ALICE, "!share zobi → lamu")
    room.answer(share, "C'est noté : E1")
    room.answer(room.say(ALICE, "!search zobi"), "E1 zobi")
    room.redact(ALICE, share)
    room.answer(room.say(ALICE, "!search zobi"), "Rien trouvé")
    assert flaws(room) == []
    room.answer(room.say(ALICE, "!search zobi"), "E1 zobi")
    assert flaws(room) == [Flaw.WRONG]


def test_verdict_search_may_find_what_was_redacted_later_answer_and_all(room: History) -> None:
    share = room.say(ALICE, "!share zobi → lamu")
    answer = room.answer(share, "C'est noté : E1")
    room.answer(room.say(ALICE, "!search zobi"), "E1 zobi")
    room.redact(ALICE, share)
    room.redact(BOT, answer)
    assert flaws(room) == []
    room.answer(room.say(ALICE, "!search zobi"), "E1 zobi")
    assert flaws(room) == [Flaw.WRONG]


def test_plaintext_of_the_bot_where_the_room_is_encrypted_is_found() -> None:
    history = History()
    said = history.say(BOT, "pong")
    history.say(ALICE, "!ping")
    verdict = Verdict()
    note_plaintext(verdict, history.events, BOT)
    assert [(each.flaw, each.event_id) for each in verdict.findings] == [(Flaw.PLAINTEXT, said)]


def test_what_was_opened_is_no_plaintext() -> None:
    history = History()
    history.say(BOT, "pong")
    opened = [replace(event, is_opened=True) for event in history.events]
    verdict = Verdict()
    note_plaintext(verdict, opened, BOT)
    assert verdict.findings == []
