"""Guide: an experience is told in a conversation, one thing at a time, as far as one likes."""

from dataclasses import dataclass, replace

from bot.command import Context, Gathering
from bot.commands.experience.seen import CARD, manner
from bot.commands.experience.similar import NONE_SIMILAR, note, shown, similar_to
from bot.errors import UserError
from bot.ids import RoomId, UserId
from bot.services import (
    experience,
    experience_card,
    experience_guide,
    experience_showing,
    number,
    setting,
)
from bot.services import form as forms
from bot.services.answer import Control, control
from bot.services.experience_card import NO_FACTS
from bot.services.experience_guide import FORM, NOUN
from bot.services.experience_listing import Listed
from bot.services.form import Draft, Effect
from bot.storage import draft as stored
from bot.storage.question import Question
from bot.text import Text, paragraphs

STARTED = "experience-guide"
"""Kind of the card on the answer that tells where the conversation goes on."""


@dataclass(frozen=True, slots=True)
class Author:
    """What the author is called in the room where the experience will be, if they are in it.

    ``similar`` is what others told that means much the same, once all is told.
    """

    name: str
    is_member: bool
    similar: Listed = NONE_SIMILAR


async def start(context: Context) -> None:
    """Begin to ask, or go on where the draft was left."""
    context.noun = NOUN  # whichever command began it, this one hears the answers
    room = context.place.room_id
    if not await setting.captures(context.transaction, room):
        raise UserError("experience.not_kept_here")
    draft = await _load(context)
    draft = replace(draft, state=forms.State.OPEN)
    if not context.place.is_pair:
        context.answer(context.text("experience.guide_elsewhere"), card=f"{STARTED}:{room}")
    await _ask(context, room, draft, is_first=True)


async def gather(gathering: Gathering, question: Question, answer: str | None) -> Author:
    """Ask the server what the author is called in the room, and whether they are still there."""
    room, name = _reference(question)
    similar = NONE_SIMILAR
    given = control(answer) if answer is not None else None
    if given is Control.PUBLISH or (given is Control.YES and not name):
        async with gathering.database.read() as snapshot:
            content = await stored.get(snapshot, gathering.person.user_id, NOUN)
        if content is not None:
            similar = await similar_to(gathering, forms.load(FORM, content).values)
    user, reader = gathering.person.user_id, gathering.reader
    shown_name = await reader.display_name_of(room, user)
    return Author(shown_name or user, await reader.is_member(room, user), similar)


async def hear(context: Context, question: Question, answer: str | None) -> None:
    """Take an answer into the draft, and do what comes next."""
    _, name = _reference(question)
    draft = await _load(context)
    if answer is None or context.is_edit:
        given = experience_guide.read(name, answer, draft) if answer and name else None
        if name:
            await _save(context, forms.corrected(draft, name, given))
            context.confirm(context.text("experience.guide_corrected"))
        return
    said = answer
    if name and forms.current(FORM, draft) == name and _is_answer(name, answer):
        said = experience_guide.read(name, answer, draft)
        draft, effect = forms.answered(FORM, draft, name, said)
    else:
        draft, effect = forms.step(FORM, draft, said)
    await _follow(context, question, draft, effect)


def _is_answer(name: str, answer: str) -> bool:
    """Return whether ``answer`` is one, and not a word that steers the conversation."""
    said = control(answer)
    return said is None or (name in FORM.worded and said is Control.YES)


async def _follow(context: Context, question: Question, draft: Draft, effect: Effect) -> None:
    room, _ = _reference(question)
    match effect:
        case Effect.ASK | Effect.SHOW | Effect.PREVIEW:
            await _save(context, draft)
            await _ask(context, room, draft)
        case Effect.PUT_OFF:
            await _save(context, draft)
            context.answer(context.text("experience.guide_later"))
        case Effect.STOP:
            await stored.discard(context.transaction, context.person.user_id, NOUN)
            context.answer(context.text("experience.guide_stopped"))
        case Effect.PUBLISH:
            await _publish(context, question, draft)
        case _:
            raise UserError("experience.guide_unclear")


async def _ask(context: Context, room: RoomId, draft: Draft, *, is_first: bool = False) -> None:
    name = forms.current(FORM, draft)
    if name is None:
        await _offer_to_publish(context, room, draft)
        return
    parts = [context.text("experience.guide_start")] if is_first and not draft.values else []
    parts.append(_question(context, name, draft))
    if name in draft.values:
        parts.append(context.text("experience.guide_so_far", text=draft.values[name]))
    reference = f"{room}|{name}"
    await context.ask(paragraphs(parts), reference=reference, offers=experience_guide.OFFERS)


def _question(context: Context, name: str, draft: Draft) -> Text:
    if name == "title" and experience_guide.is_told(draft):
        offered = experience_guide.offered_title(draft)
        return context.text("experience.guide_title", title=offered)
    line = context.text(f"experience.guide.{name}")
    return context.text("experience.guide_field", question=line)


async def _offer_to_publish(context: Context, room: RoomId, draft: Draft) -> None:
    if not experience_guide.is_told(draft):
        await _save(context, forms.load(FORM, forms.dump(Draft())))
        await context.ask(
            _question(context, FORM.fields[0], Draft()),
            reference=f"{room}|{FORM.fields[0]}",
            offers=experience_guide.OFFERS,
        )
        return
    user = context.person.user_id
    item = experience_guide.item_of(draft, room, user, context.source, context.now)
    how = manner(context, user, {})
    shown = experience_card.preview(context.words, item, how, context.now)
    text = context.text("experience.guide_preview", card=shown)
    offers = experience_guide.PUBLISHING
    await context.ask(text, reference=f"{room}|", offers=offers)


async def _publish(context: Context, question: Question, draft: Draft) -> None:
    """Keep the experience, say its number, and show it where it was to be shared."""
    room, _ = _reference(question)
    author = context.facts
    is_here = room == context.place.room_id
    if not isinstance(author, Author) or not (author.is_member or is_here):
        raise UserError("experience.guide_room_gone")
    if not await setting.captures(context.transaction, room):
        raise UserError("experience.not_kept_here")
    user = context.person.user_id
    item = experience_guide.item_of(draft, room, user, context.source, context.now)
    item = await experience.keep(context.transaction, item)
    await experience_showing.note_preview(context.transaction, question, item.id, context.now)
    await stored.discard(context.transaction, user, NOUN)
    name = number.named(number.EXPERIENCE, item.id)
    wording = "experience.guide_kept" if is_here else "experience.guide_published"
    start_at = len(context.outgoing.enqueued)
    said = [context.text(wording, id=name), shown(context, author.similar)]
    context.answer(paragraphs([part for part in said if part]), card=f"{CARD}:{item.id}")
    await note(context, author.similar, start_at)
    if is_here:
        return
    place = manner(context, user, {user: author.name})
    text = experience_card.card(context.words, item, NO_FACTS, place, context.now)
    start_at = len(context.outgoing.enqueued)
    context.outgoing.say(room, text, card=f"{CARD}:{item.id}")
    parcels = context.outgoing.enqueued[start_at:]
    await experience_showing.show(context.transaction, parcels, item.id, context.now, place)


async def _load(context: Context) -> Draft:
    content = await stored.get(context.transaction, context.person.user_id, NOUN)
    return forms.load(FORM, content) if content is not None else Draft()


async def _save(context: Context, draft: Draft) -> None:
    user: UserId = context.person.user_id
    await stored.save(context.transaction, user, NOUN, forms.dump(draft), context.now)


def _reference(question: Question) -> tuple[RoomId, str]:
    """Return the room where it will be shared, and the field that was asked for ("" at the end)."""
    room, _, name = question.reference.rpartition("|")
    return RoomId(room), name
