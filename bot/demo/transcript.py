"""Prints what was said, as it is read back from the rooms' own history."""

from datetime import UTC, datetime

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text

from bot.demo import words
from bot.demo.cast import BOT, PLACES
from bot.demo.room_event import RoomEvent
from bot.demo.script import Person, Phrase
from bot.demo.stage import Stage
from bot.ids import EventId, RoomId


class Transcript:
    """Shows each event of the rooms once, under the name of its room when that changes."""

    def __init__(self, console: Console, stage: Stage) -> None:
        self._console = console
        self._stage = stage
        self._shown: set[EventId] = set()
        self._room: RoomId | None = None

    async def catch_up(self) -> None:
        """Read the history of every room and show what has not been shown."""
        for room, reader in list(self._stage.readers.items()):
            for event in await reader.history(room):
                self.show(event)

    def show(self, event: RoomEvent) -> None:
        """Show one event, unless it was shown or has nothing to be read."""
        if event.event_id in self._shown:
            return
        self._shown.add(event.event_id)
        said = self._as_text(event)
        if said is None:
            return
        if event.room_id != self._room:
            self._room = event.room_id
            self._console.print(Text(f"\n{self.room_name(event.room_id)}", style="bold dim"))
        is_bot = event.sender == self._stage.bot.user_id
        self._console.print(Padding(said, (0, 0, 0, 6 if is_bot else 2), expand=False))

    def room_name(self, room: RoomId) -> str:
        """Return what a member sees as the room's name."""
        for place in PLACES:
            if self._stage.rooms.get(place.key) == room:
                return f"#{self._in_language(place.alias)}"
        for name, direct in self._stage.directs.items():
            if direct == room:
                return f"{self._name(self._stage.people[name])} ⇄ Compagnon"
        return room

    def _as_text(self, event: RoomEvent) -> Text | Group | None:
        person = self._person(event)
        if person is None:
            return None
        name = Text(self._name(person), style=f"bold {person.colour}")
        name.append(f"  {_clock_of(event)}", style="dim not bold")
        if event.type == "m.room.redaction":
            return name.append(f"  {self._in_language(words.TAKES_BACK)}", style="italic not bold")
        if event.reaction:
            return name.append(f"  {event.reaction}")
        if event.type != "m.room.message" or not event.body:
            return None
        if event.relation == "m.replace":
            name.append(f"  {self._in_language(words.EDITS)}", style="italic dim not bold")
        return Group(name, Padding(Text(event.body), (0, 0, 0, 2), expand=False))

    def _person(self, event: RoomEvent) -> Person | None:
        if event.sender == self._stage.bot.user_id:
            return BOT
        localpart = event.sender.removeprefix("@").partition(":")[0]
        return self._stage.people.get(localpart)

    def _name(self, person: Person) -> str:
        return self._in_language(person.shown_as)

    def _in_language(self, phrase: Phrase) -> str:
        return phrase.in_language(self._stage.language)


def _clock_of(event: RoomEvent) -> str:
    """Return the server's time of the event, in the zone of this machine."""
    sent = datetime.fromtimestamp(event.origin_server_ts / 1000, UTC)
    return f"{sent.astimezone():%H:%M:%S}"
