"""Ending: what was said goes into the profile, and is shown with who sees it."""

from dataclasses import replace

from bot.services import companion, profile
from bot.services.form import Draft
from bot.services.onboarding import journey, speech
from bot.services.onboarding.course import Course
from bot.services.onboarding.talk import NOUN, Talk
from bot.storage import question
from bot.storage.onboarding import State
from bot.storage.shown import shown_of
from bot.text import Text


async def finish(course: Course) -> None:
    """Write the profile, show what it holds, and name a few first steps."""
    await course.be_quiet()
    await publish(course, Draft())
    await show(course, "onboarding.recap")
    _offer_steps(course.talk)
    await course.save(State.DONE)


def _offer_steps(talk: Talk) -> None:
    """Name a few first steps; one tap asks for a companion."""
    said = talk.say(speech.first_steps(talk.voice), card=f"{companion.OFFER}:{talk.user}")
    talk.outgoing.offer(talk.room, said, [companion.OFFER_KEY], conversation=talk.conversation)


async def publish(course: Course, before: Draft) -> None:
    """Write into the profile what is said now, and clear what was said and no longer is."""
    talk, topics = course.talk, course.topics
    events = await question.answers(talk.transaction, talk.user, NOUN)
    sources = {journey.field_of(topics, key): event for key, event in events.items()}
    said, was = journey.told(topics, course.draft), journey.told(topics, before)
    for field in profile.Field:
        value = said.get(field, "")
        if value != was.get(field, ""):
            await profile.set_field(
                talk.transaction, talk.user, field, value, talk.now, source=sources.get(field)
            )


async def show(course: Course, lead: str) -> None:
    """Show what was said."""
    shown = course.talk.say(await _recap(course, lead))
    course.item = replace(course.item, recap=shown)


async def show_anew(course: Course, *, is_taken_back: bool) -> None:
    """Correct the recap; what was taken back may not stay readable under an edit."""
    talk, recap = course.talk, course.item.recap
    if recap is None:
        return
    if not is_taken_back:
        text = await _recap(course, "onboarding.recap")
        talk.outgoing.edit(talk.room, recap, text, conversation=talk.conversation)
        return
    for shown in await shown_of(talk.transaction, [recap]):
        talk.outgoing.redact(shown.room_id, shown.oid, conversation=shown.conversation)
    await show(course, "onboarding.recap_again")
    await course.save()


async def _recap(course: Course, lead: str) -> Text:
    hidden = await profile.hidden_of(course.talk.transaction, course.talk.user)
    return speech.recap(course.talk.voice, course.topics, course.draft, hidden, lead)
