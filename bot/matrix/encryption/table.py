"""Table: what the store keeps beside nio's own tables."""

from collections.abc import Iterable

from peewee import (  # type: ignore[import-untyped]  # it has no types
    CompositeKey,
    IntegerField,
    Model,
    TextField,
    chunked,
)

ROWS = 100
"""Rows in one statement; SQLite takes 999 variables in its older versions."""

Place = tuple[str, int]
"""A room key's id and a place in its ratchet: one message."""


class Generation(Model):  # type: ignore[misc]  # peewee has no types
    """How often the device began anew from this store."""

    value = IntegerField()


class HeardMessage(Model):  # type: ignore[misc]  # peewee has no types
    """Which event the message at a place of a room key was, where the bot acted on it."""

    session_id = TextField()
    place = IntegerField()
    event_id = TextField()

    class Meta:
        """One event for each place; the key is the table, as there is nothing else in it."""

        primary_key = CompositeKey("session_id", "place")
        without_rowid = True


def heard_in(session_id: str) -> dict[int, str]:
    """Return the event of each place of a room key that was kept."""
    rows = HeardMessage.select(HeardMessage.place, HeardMessage.event_id)
    return dict(rows.where(HeardMessage.session_id == session_id).tuples())


def write_heard(heard: Iterable[tuple[Place, str]]) -> None:
    """Write the event of each place; what is known already stays."""
    rows = (
        {"session_id": session_id, "place": place, "event_id": event_id}
        for (session_id, place), event_id in heard
    )
    for batch in chunked(rows, ROWS):
        HeardMessage.insert_many(batch).on_conflict_ignore().execute()
