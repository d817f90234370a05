"""What a community does with its experiences, and a ledger of what must be known of them."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from bot import crash
from bot.config.settings import RetentionSettings
from bot.ids import EventId
from bot.jobs.retention import retention_job
from bot.services.experience_consent import PATIENCE
from bot.storage import experience
from bot.storage.database import Database
from bot.storage.question import Question, question
from tests.matrix.model_server import ROOM
from tests.matrix.world import World
from tests.story.village import ANNE, PEOPLE, TRUST, Village

KILLS = sorted(crash.POINTS | (crash.DIRECT_POINTS - {"direct.missed"}))
"""Where the bot may die; nobody here refuses to be written to."""

_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprtvz" for vowel in "aeiou"]

Then = Callable[[], None]


@dataclass
class Told:
    """An experience as the community knows it; ``words`` are all that were ever in it."""

    author: str
    source: str
    word: str
    number: int = 0
    command: str | None = None
    parent: "Told | None" = None
    prefix: str = ""
    words: set[str] = field(default_factory=set)
    useful: dict[str, str | None] = field(default_factory=dict)
    pieces: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    card: str | None = None
    status: str | None = None
    last_change: str = ""
    is_guided: bool = False
    """Whether it was told in a conversation: none of its messages holds it all."""


class Community:
    """Ten people and Anne, who do something every few days; the bot dies in between."""

    def __init__(self, world: World, village: Village, seed: int) -> None:
        self.world = world
        self.village = village
        self.chance = random.Random(seed)
        self.told: list[Told] = []
        self.withdrawn: list[Told] = []
        self.secrets: set[str] = set()
        self.kills: Counter[str] = Counter()
        self.expected: list[tuple[str, str, int]] = []
        """Room and id of what was asked lately, and how many messages answer it."""
        self._busy: set[int] = set()
        self._then: list[Then] = []
        self._wanted: list[tuple[str, Told, bool]] = []
        """Consents that are waited for: the asking event, what it is about, if it is a picture."""
        self._asked_at: dict[str, datetime] = {}
        self._undone: list[tuple[Told, str]] = []
        self._known: set[str] = set()
        self.guided = self.word()
        """What is told in a conversation."""

    # The days.

    async def day(self, *acts: Callable[[], None]) -> None:
        """Let people act, the bot die and live until all is done, and look at the answers."""
        self._busy.clear()
        for act in acts:
            act()
        for _ in range(self.chance.choice((0, 1, 1, 2))):
            label = self.chance.choice(KILLS)
            is_dead = await self.world.live(until=f"{label}:{self.chance.randint(1, 5)}")
            self.kills[label] += is_dead
        await self.world.live()
        if self.village.accept():
            await self.world.live()
        await self._look()

    async def pass_by(self, days: int) -> None:
        """Let days pass; every night what is past its limit is forgotten."""
        self.world.clock.pass_by(timedelta(days=days))
        database = Database(self.world.url)
        await retention_job(RetentionSettings()).run(database, self.world.clock.now())
        await database.close()

    async def _look(self) -> None:
        """Find out the numbers of what was told, and whether each was answered as often as due."""
        for room, event_id, count in self.expected:
            found = self.village.replies(event_id, room)
            assert found == count, (event_id, found, count, self.village.find(room, event_id))
        self.expected.clear()
        database = Database(self.world.url)
        async with database.read() as snapshot:
            for told in self.told:
                if not told.number:
                    item = await experience.of_source(snapshot, EventId(told.source))
                    assert item is not None, told
                    told.number = item.id
        await database.close()
        for then in self._then:
            then()
        self._then.clear()

    # What people do.

    def word(self) -> str:
        """Return a word that nobody has said before, and that is like no other."""
        while (word := "".join(self.chance.choices(_SYLLABLES, k=5))) in self._known:
            pass
        self._known.add(word)
        return word

    def share(self) -> None:
        """Share in a line, a note, or two lines."""
        author, word = self._somebody(), self.word()
        text = self.chance.choice(
            (f"Trop de dossiers reviennent → {word} à l’accueil", f"On a essayé {word}",
             f"Personne ne lit le règlement\nUne page dessinée {word}")
        )  # fmt: skip
        source = self._ask(author, f"!partage {text}")
        self._tell(Told(author, source, word, command=source, prefix="!partage "))

    def capture(self) -> None:
        """Share what one said before, by a reply or by a pin."""
        author, word = self._somebody(), self.word()
        source = self.village.write(author, f"Les agents hésitent → {word} avant tout")
        if self.chance.random() < 0.5:
            command = self._ask(author, "!partage", to=source)
            self._tell(Told(author, source, word, command=command))
        else:
            self.village.react(author, source, "📌")
            self._tell(Told(author, source, word))

    def capture_of_another(self) -> None:
        """Ask for what somebody else said; they answer on another day."""
        asker, author = self._two()
        word = self.word()
        source = self.village.write(author, f"Chez nous on range → {word} le lundi")
        asking = self._ask(asker, "!partage", to=source)
        self._wanted.append((asking, Told(author, source, word), False))

    def picture_of_another(self) -> None:
        """Share one's own words with somebody else's picture; they answer on another day."""
        author, other = self._two()
        word, picture = self.word(), self.village.picture(other)
        source = self._ask(
            author, f"!partage Une affiche perdue → {word} au mur", to=picture, answers=2
        )
        told = Told(author, source, word, command=source, prefix="!partage ")
        self._tell(told)
        waiting = Told(other, picture, word, parent=told)
        self._wanted.append((source, waiting, True))

    def answer_consent(self) -> None:
        """Say yes or no to what was asked on an earlier day."""
        old = self.world.clock.now() - PATIENCE
        ripe = [
            item
            for item in self._wanted
            if self._question_on(item[0]) and self._asked_at[item[0]] > old
        ]
        if not ripe:
            return
        item = self.chance.choice(ripe)
        self._wanted.remove(item)
        asking, wanted, is_picture = item
        is_yes = self.chance.random() < 0.7
        target = wanted.parent
        if target is not None and id(target) in self._busy:
            self._wanted.append(item)
            return
        self.village.react(wanted.author, self._question_on(asking), "✅" if is_yes else "❌")
        if is_yes and is_picture and target in self.told:
            assert target is not None
            self._busy.add(id(target))
            target.pieces.add(wanted.source)
        elif is_yes and not is_picture:
            self._tell(wanted)

    def edit(self) -> None:
        """Correct one's own words: the old ones are found no more."""
        told = self._pick(lambda told: told.source.startswith("$") and not told.is_guided)
        if told is not None:
            told.words.add(told.word)
            told.word = self.word()
            self.village.edit(told.source, f"{told.prefix}Mieux dit ainsi → {told.word} partout")

    def complete(self) -> None:
        """Say more of it, in a field of its own."""
        told = self._pick()
        if told is not None:
            word = self.word()
            told.words.add(word)
            told.last_change = word
            self._ask(told.author, f"!exp modifier E{told.number} résultat moins de {word}")

    def tag(self) -> None:
        """Let Anne sort it; sometimes the author goes back."""
        told = self._pick(lambda told: told.author != ANNE)
        if told is not None:
            word = self.word()
            self._ask(ANNE, f"!exp tag E{told.number} #{word}")
            told.tags.add(word)
            told.last_change = word
            if self.chance.random() < 0.4:
                self._undone.append((told, word))

    def go_back(self) -> None:
        """Undo what Anne did, some days later; the author may have said more meanwhile."""
        for told, word in self._undone:
            is_last = told.last_change == word
            if told in self.told and id(told) not in self._busy and is_last:
                self._busy.add(id(told))
                self._ask(told.author, f"!exp annuler E{told.number}")
                told.tags.discard(word)
        self._undone.clear()

    def add_picture(self) -> None:
        """Send a picture to one's own experience, in answer to its command."""
        told = self._pick(lambda told: told.command == told.source)
        if told is not None and len(told.pieces) < 8:
            told.pieces.add(self.village.picture(told.author, to=told.source))

    def remove_picture(self) -> None:
        """Take a picture back where it was sent."""
        told = self._pick(lambda told: bool(told.pieces))
        if told is not None:
            self.village.take_back(told.pieces.pop())

    def show(self) -> None:
        """Ask for a card, its pictures, its lineage, or look for it."""
        told, user = self._pick(), self._somebody()
        if told is None:
            return
        match self.chance.randrange(4):
            case 0:
                pieces = len(told.pieces)
                self._ask(user, f"!pièces E{told.number}", answers=1 + pieces)
            case 1:
                self._ask(user, f"!exp arbre E{told.number}")
            case 2:
                self._ask(user, f"!cherche {told.word}")
            case _:
                event_id = self._ask(user, f"!exp E{told.number}")
                self._then.append(lambda: self._note_card(told, event_id))

    def find_useful(self) -> None:
        """Say that it could serve at one's place, on its card or in words, or not any more."""
        told = self._pick()
        if told is None:
            return
        user = self._somebody(but=told.author)
        reaction = told.useful.get(user)
        if user not in told.useful and told.card is not None:
            told.useful[user] = self.village.react(user, told.card, "🔁")
        elif user not in told.useful:
            self._ask(user, f"!exp utile E{told.number}")
            told.useful[user] = None
        elif reaction is not None:
            self.village.take_back(reaction)
            del told.useful[user]
        else:
            self._ask(user, f"!exp utile E{told.number} non")
            del told.useful[user]

    def take_up(self) -> None:
        """Do the same at one's own place."""
        parent = self._pick()
        if parent is not None:
            user, word = self._somebody(but=parent.author), self.word()
            prefix = f"!reprendre E{parent.number} "
            source = self._ask(user, f"{prefix}Chez nous → {word} suffit")
            child = Told(user, source, word, command=source, parent=parent, prefix=prefix)
            self._tell(child)

    def widen(self) -> None:
        """Show it to the whole community, or to the room alone again."""
        told = self._pick()
        if told is not None:
            width = self.chance.choice(("communauté", "salon"))
            self._ask(told.author, f"!exp visibilité E{told.number} {width}")

    def withdraw_a_row(self) -> None:
        """Take back something that a file had brought."""
        self.withdraw(lambda told: told.source.startswith("import:"))

    def withdraw(self, fits: Callable[[Told], bool] = lambda _told: True) -> None:
        """Take it back: the message, or by a command, which an animator may give as well."""
        told = self._pick(fits)
        if told is None:
            return
        if told.source.startswith("$") and not told.is_guided and self.chance.random() < 0.6:
            self.village.take_back(told.source)
        else:
            self._ask(self.chance.choice((told.author, ANNE)), f"!exp supprime E{told.number} oui")
        self._forget(told)

    def bring_a_file(self, rows: Sequence[tuple[str, str]]) -> str:
        """Let Anne import a table of keys and words; return the event that holds it."""
        lines = [f"{key},Souci ancien,Le remède {word}" for key, word in rows]
        paper = self.village.paper(ANNE, "\n".join(["key,problem,solution", *lines]).encode())
        self._ask(ANNE, "!importe oui", to=paper)
        for key, word in rows:
            self._tell(Told(ANNE, f"import:{key}", word))
        return paper

    def begin_to_tell(self, author: str) -> None:
        """Ask to be asked: the rest is told alone with the bot, a thing a day."""
        self._ask(author, "!partage")

    def go_on_telling(self, author: str, words: str) -> None:
        """Answer what the bot asked last; to publish makes it known."""
        source = self.village.write(author, words, room=self.village.alone_with(author))
        if words == "publier":
            self._tell(Told(author, source, self.guided, is_guided=True))

    def tell_a_secret(self) -> None:
        """Share where nothing is kept."""
        word = self.word()
        self.secrets.add(word)
        self._ask(self._somebody(), f"!partage Entre nous → {word} dit tout bas", room=TRUST)

    # Between two days.

    async def open_followups(self) -> Sequence[Question]:
        """Return the questions of what became of an experience that are not answered."""
        database = Database(self.world.url)
        async with database.read() as snapshot:
            columns = [question.c[name] for name in Question.__slots__]
            asked = question.c.reference.startswith("followup:") & (question.c.state == "open")
            rows = await snapshot.execute(select(*columns).where(asked).order_by(question.c.id))
            found = [Question(**row._mapping) for row in rows]
        await database.close()
        return found

    def answer_followup(self, asked: Question) -> None:
        """Say alone with the bot what became of it."""
        number = int(asked.reference.partition(":")[2])
        [told] = [told for told in self.told if told.number == number]
        word, status = self.chance.choice((("adaptée", "adapted"), ("arrêtée", "stopped")))
        room = self.village.alone_with(told.author)
        self.village.write(told.author, f"{word} : à trois semaines", room=room)
        self._busy.add(id(told))
        told.status = status

    def _ask(
        self, user: str, body: str, *, room: str = ROOM, to: str | None = None, answers: int = 1
    ) -> str:
        event_id = self.village.write(user, body, room=room, to=to)
        self.expected.append((room, event_id, answers))
        self._asked_at[event_id] = self.world.clock.now()
        return event_id

    def _tell(self, told: Told) -> None:
        self.told.append(told)
        self._busy.add(id(told))

    def _forget(self, told: Told) -> None:
        self.told.remove(told)
        self.withdrawn.append(told)
        for child in self.told:
            if child.parent is told:
                child.parent = None

    def _question_on(self, asking: str) -> str:
        """Return the question that an event had put, or nothing if it is not to be seen."""
        found = [event for event, body in self.village.answers(asking) if "d’accord" in body]
        return found[0] if found else ""

    def _note_card(self, told: Told, asking: str) -> None:
        found = self.village.answers(asking)
        told.card = found[0][0] if found else None

    def _somebody(self, but: str = "") -> str:
        return self.chance.choice([user for user in PEOPLE if user != but])

    def _two(self) -> Sequence[str]:
        return self.chance.sample(PEOPLE, 2)

    def _pick(self, fits: Callable[[Told], bool] = lambda _told: True) -> Told | None:
        """Return an experience that nobody has touched today; what it takes up is left alone."""
        free = [t for t in self.told if t.number and id(t) not in self._busy and fits(t)]
        if not free:
            return None
        told = self.chance.choice(free)
        self._busy.add(id(told))
        return told
