"""Course: how far it is with one person, and what is done with that inside a transaction."""

from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from bot.services import form
from bot.services.form import Draft
from bot.services.onboarding import journey, speech
from bot.services.onboarding.journey import HELLO, Topic
from bot.services.onboarding.line import topics_of
from bot.services.onboarding.talk import NOUN, Talk
from bot.storage import due, onboarding, question
from bot.storage.due import Due
from bot.storage.onboarding import Onboarding, State

KIND = "onboarding"
"""Kind of what falls due; its reference is the number of the onboarding."""

SILENCE = timedelta(days=2)
"""After so long without an answer the bot asks once more."""

REST = timedelta(days=7)
"""So long after its reminder the bot waits no more; what is written then answers nothing."""


@dataclass(slots=True)
class Course:
    """``item`` and ``draft`` as they are now; ``save`` writes both."""

    talk: Talk
    item: Onboarding
    topics: tuple[Topic, ...]
    draft: Draft

    @classmethod
    async def of(cls, talk: Talk, item: Onboarding) -> "Course":
        """Return the course of ``item``, with the questions as they are asked now."""
        topics = tuple(await topics_of(talk.transaction, item.room_id))
        return cls(talk, item, topics, form.load(journey.form_of(topics), item.draft))

    @property
    def current(self) -> str | None:
        """Return what is to be answered next, or None where all is."""
        if self.item.state is State.GREETED:
            return HELLO
        return form.current(journey.form_of(self.topics), self.draft)

    async def save(self, state: State | None = None) -> None:
        """Write how far it is, in another ``state`` if one is given."""
        self.item = replace(
            self.item,
            state=state or self.item.state,
            draft=form.dump(self.draft),
            changed_at=self.talk.now,
        )
        await onboarding.save(self.talk.transaction, self.item)

    async def ask(self, key: str, *, lead: str = "") -> None:
        """Ask what ``key`` names, and wait for the answer, but not for ever."""
        await speech.ask(self.talk, self.topics, key, self.draft, lead=lead)
        if self.item.was_reminded:
            await self.plan("rest", REST)
        else:
            await self.plan("silence", SILENCE)

    async def plan(self, what: str, after: timedelta) -> None:
        """Have ``what`` done after a while, instead of anything else that was planned."""
        await self.be_quiet()
        occurrence = f"{what}:{self.talk.now.astimezone(UTC).isoformat()}"
        item = Due(KIND, str(self.item.id), occurrence, self.talk.now + after)
        await due.plan(self.talk.transaction, item)

    async def be_quiet(self) -> None:
        """Do nothing of one's own accord any more."""
        await due.cancel(self.talk.transaction, KIND, str(self.item.id))

    async def ask_no_more(self) -> None:
        """Wait for no answer any more: what is written then is none."""
        await self.be_quiet()
        await question.cancel(self.talk.transaction, self.talk.user, NOUN)
