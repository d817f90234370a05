"""Conversation: how an onboarding begins, goes on, is put off and ends."""

from dataclasses import replace
from datetime import timedelta

from bot.errors import UserError
from bot.ids import RoomId
from bot.services import form, privacy
from bot.services.answer import Control, control
from bot.services.form import Draft, Effect
from bot.services.onboarding import ending, journey, speech
from bot.services.onboarding.course import Course
from bot.services.onboarding.journey import HELLO
from bot.services.onboarding.line import introduction_of
from bot.services.onboarding.talk import Talk
from bot.services.outgoing import Fallback
from bot.storage import onboarding
from bot.storage.onboarding import Onboarding, State
from bot.storage.question import Question

LATER = timedelta(days=3)
"""Who said later is asked again after so long, once."""


async def begin(talk: Talk, came_in: RoomId | None, fallback: Fallback | None = None) -> bool:
    """Introduce the community to a newcomer, and ask whether they want to be asked.

    Return False where that was done before, whatever came of it. ``fallback`` is said where they
    cannot be told alone.
    """
    if await onboarding.of_user(talk.transaction, talk.user) is not None:
        return False
    course = await _new(talk, came_in, State.GREETED)
    await _introduce(talk, came_in, fallback, is_newcomer=True)
    await course.ask(HELLO)
    return True


async def resume(talk: Talk, came_in: RoomId | None) -> None:
    """Go on where somebody stopped who asks for it, or show what they said.

    ``came_in`` is the room in which they ask, if it is one of many.
    """
    item = await onboarding.of_user(talk.transaction, talk.user)
    if item is None:
        course = await _new(talk, came_in, State.OPEN)
        await _introduce(talk, came_in, None, is_newcomer=False)
    else:
        course = await Course.of(talk, item)
    if course.item.state is State.DONE:
        await ending.show(course, "onboarding.recap_again")
        await course.save()
        return
    course.draft = replace(course.draft, state=form.State.OPEN)
    await _go_on(course)


async def hear(talk: Talk, asked: Question, answer: str) -> None:
    """Take the answer to what was asked last; raises UserError for one that is none."""
    item = await onboarding.of_user(talk.transaction, talk.user)
    if item is None or item.state in (State.STOPPED, State.DONE):
        return
    course = await Course.of(talk, item)
    fields = journey.form_of(course.topics).fields
    if asked.reference == HELLO:
        effect = _agreement(answer)
    elif asked.reference in fields:
        course.draft = replace(course.draft, at=fields.index(asked.reference))
        course.draft, effect = journey.advance(course.topics, course.draft, answer)
    else:
        # The animators have removed the question since: whatever was said, the next one follows.
        ends = {Control.STOP: Effect.STOP, Control.LATER: Effect.PUT_OFF}
        said = control(answer)
        effect = ends.get(said, Effect.ASK) if said is not None else Effect.ASK
    match effect:
        case Effect.STOP:
            await _stop(course)
        case Effect.PUT_OFF:
            await _put_off(course)
        case _:
            await _go_on(course)


async def correct(talk: Talk, asked: Question, answer: str | None) -> None:
    """Replace an earlier answer, or take it back with None; nothing is asked again for it.

    Raises UserError for an answer that is none.
    """
    item = await onboarding.of_user(talk.transaction, talk.user)
    if item is None or item.state is State.STOPPED:
        return
    course = await Course.of(talk, item)
    said = control(answer) if answer is not None else None
    if said is Control.STOP and item.state is not State.DONE:
        await _stop(course)
        return
    is_known = asked.reference in journey.form_of(course.topics).fields
    if not is_known or said not in (None, Control.SKIP, Control.NO):
        return
    before = course.draft
    course.draft = journey.answer(course.topics, before, asked.reference, answer)
    if item.state is State.DONE and course.draft != before:
        await ending.publish(course, before)
        await ending.show_anew(course, is_taken_back=answer is None)
    await course.save()


async def fall_due(talk: Talk, item: Onboarding, occurrence: str) -> bool:
    """Do what was planned for this time; return False if it is of no use any more."""
    course = await Course.of(talk, item)
    what, _, _ = occurrence.partition(":")
    is_awaited = item.state in (State.GREETED, State.OPEN)
    if what == "rest" and is_awaited:
        await course.ask_no_more()
        await course.save(State.RESTING)
        return True
    lead = ""
    if what == "silence" and is_awaited:
        lead = "onboarding.reminder"
    elif what == "later" and item.state is State.LATER:
        lead = "onboarding.later_again"
        is_begun = bool(course.draft.values or course.draft.skipped)
        await course.save(State.OPEN if is_begun else State.GREETED)
    key = course.current
    if not lead or key is None:
        return False
    course.item = replace(course.item, was_reminded=True)
    await course.ask(key, lead=lead)
    await course.save()
    return True


def _agreement(answer: str) -> Effect:
    match control(answer):
        case Control.YES | Control.PUBLISH | Control.BACK:
            return Effect.ASK
        case Control.LATER:
            return Effect.PUT_OFF
        case Control.NO | Control.STOP | Control.SKIP:
            return Effect.STOP
        case _:
            raise UserError("onboarding.unclear_hello")


async def _new(talk: Talk, came_in: RoomId | None, state: State) -> Course:
    item = Onboarding(talk.user, came_in, form.dump(Draft()), state, talk.now, talk.now)
    return await Course.of(talk, await onboarding.create(talk.transaction, item))


async def _introduce(
    talk: Talk, came_in: RoomId | None, fallback: Fallback | None, *, is_newcomer: bool
) -> None:
    """Say who the community is, and how the bot deals with what is told to it."""
    own = await introduction_of(talk.transaction, came_in, talk.voice.language)
    text = speech.introduction(talk.voice, own, is_newcomer=is_newcomer)
    talk.say(text, fallback=fallback)
    notice = speech.notice(talk.voice)
    await privacy.tell_once(talk.transaction, talk.user, talk.now, lambda: talk.say(notice))


async def _go_on(course: Course) -> None:
    """Ask the next question, or end where there is none."""
    await course.save(State.OPEN)
    key = course.current
    if key is None:
        await ending.finish(course)
    else:
        await course.ask(key)


async def _stop(course: Course) -> None:
    await course.ask_no_more()
    course.talk.say(course.talk.voice.text("onboarding.stopped"))
    course.draft = Draft()
    await course.save(State.STOPPED)


async def _put_off(course: Course) -> None:
    await course.ask_no_more()
    if course.item.was_put_off:
        course.talk.say(course.talk.voice.text("onboarding.resting"))
        await course.save(State.RESTING)
        return
    course.talk.say(course.talk.voice.text("onboarding.put_off"))
    course.item = replace(course.item, was_put_off=True)
    await course.save(State.LATER)
    await course.plan("later", LATER)
