"""Guide: who names a meeting and nothing else is asked the rest in private, one thing at a time."""

from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.command import Context, Gathering
from bot.errors import UserError
from bot.ids import RoomId
from bot.services import form as forms
from bot.services import number
from bot.services.answer import control
from bot.services.form import Draft, Effect
from bot.services.meeting import CARD, card, entry, guide
from bot.services.meeting.card import Look
from bot.services.meeting.entry import Origin
from bot.services.meeting.field import Speaker
from bot.services.meeting.guide import FORM
from bot.services.outgoing import first_answer
from bot.storage import draft as stored
from bot.storage import outbox
from bot.storage.meeting import State
from bot.storage.question import Question
from bot.text import Said, lines, paragraphs

NOUN = "meeting"
"""The command that asks; its draft goes by the same name."""

STARTED = "meeting-guide"
"""Kind of the card on the answer that tells where the conversation goes on."""


@dataclass(frozen=True, slots=True)
class Organiser:
    """Whether somebody is still in the room where their meeting is to be announced."""

    is_member: bool


async def start(context: Context, title: str) -> None:
    """Begin to ask; what was put off under the same title goes on where it was left."""
    place = context.place
    value = guide.read("title", title, _speaker(context))
    draft = await _load(context)
    if draft.values.get("title") != value:
        draft = Draft(values=MappingProxyType({"title": value}))
    draft, _ = forms.onward(FORM, replace(draft, state=forms.State.OPEN))
    await _save(context, draft)
    if not place.is_pair:
        context.answer(context.text("meeting.guide_elsewhere"), card=f"{STARTED}:{place.room_id}")
    await _ask(context, place.room_id, place.language, draft)


async def was_started(context: Context) -> bool:
    """Return whether the command that is edited began to ask; the edit says it all then."""
    shown = await outbox.card_on(context.transaction, first_answer(context.source))
    if not (shown or "").startswith(STARTED):
        return False
    await stored.discard(context.transaction, context.person.user_id, NOUN)
    return True


async def gather(gathering: Gathering, question: Question, _answer: str | None) -> Organiser:
    """Ask the server whether the person is still in the room."""
    room, _, _ = _reference(question)
    return Organiser(await gathering.reader.is_member(room, gathering.person.user_id))


async def hear(context: Context, question: Question, answer: str | None) -> None:
    """Take an answer into the draft, and do what comes next."""
    room, language, name = _reference(question)
    draft = await _load(context)
    if "title" not in draft.values:
        raise UserError("meeting.guide_over")
    if answer is None or context.is_edit:
        if name and not (answer is None and name == "title"):
            given = guide.read(name, answer, _speaker(context)) if answer else None
            await _save(context, forms.corrected(draft, name, given))
            context.confirm(context.text("meeting.guide_corrected"))
        return
    if name and forms.current(FORM, draft) == name and control(answer) is None:
        value = guide.read(name, answer.strip(), _speaker(context))
        draft, effect = forms.answered(FORM, draft, name, value)
    else:
        draft, effect = forms.step(FORM, draft, answer)
    await _follow(context, (room, language), draft, effect)


async def _follow(
    context: Context, where: tuple[RoomId, str], draft: Draft, effect: Effect
) -> None:
    match effect:
        case Effect.ASK | Effect.SHOW | Effect.PREVIEW:
            await _save(context, draft)
            await _ask(context, *where, draft)
        case Effect.PUT_OFF:
            await _save(context, draft)
            title = Said(draft.values["title"], context.person.user_id)
            context.answer(context.text("meeting.guide_later", title=title))
        case Effect.STOP:
            await stored.discard(context.transaction, context.person.user_id, NOUN)
            context.answer(context.text("meeting.guide_stopped"))
        case Effect.PUBLISH:
            await _publish(context, *where, draft)
        case _:
            raise UserError("meeting.guide_unclear")


async def _ask(context: Context, room: RoomId, language: str, draft: Draft) -> None:
    if forms.current(FORM, draft) is None and not guide.is_told(draft):
        draft = replace(draft, at=FORM.fields.index("when"), skipped=draft.skipped - {"when"})
        await _save(context, draft)
    name = forms.current(FORM, draft)
    if name is None:
        await _offer_to_publish(context, room, language, draft)
        return
    title = Said(draft.values["title"], context.person.user_id)
    parts = [context.text(f"meeting.guide.{name}", title=title)]
    if name in draft.values:
        text = Said(guide.said(name, draft.values), context.person.user_id)
        parts.append(context.text("meeting.guide_so_far", text=text))
    parts.append(context.text("meeting.guide_keys"))
    reference = f"{room}|{language}|{name}"
    await context.ask(paragraphs(parts), reference=reference, offers=guide.OFFERS)


async def _offer_to_publish(context: Context, room: RoomId, language: str, draft: Draft) -> None:
    origin = Origin(context.person.user_id, room, language, context.source)
    item = guide.preview(draft, origin, _speaker(context))
    look = Look(context.words, context.person.language, context.person.zone, context.now)
    date = await card.next_date(context.transaction, item, context.now)
    title = context.text("meeting.guide_title", title=Said(item.title, item.organiser))
    parts = [lines([title, *card.facts(item, date, look)])]
    if item.description:
        said = Said(item.description, item.organiser)
        parts.append(context.text("meeting.card.description", text=said))
    text = context.text("meeting.guide_preview", card=paragraphs(parts))
    await context.ask(text, reference=f"{room}|{language}|", offers=guide.PUBLISHING)


async def _publish(context: Context, room: RoomId, language: str, draft: Draft) -> None:
    """Put the meeting into the calendar and its card into the room where it was asked for."""
    is_here = room == context.place.room_id
    organiser = context.facts
    if not is_here and not (isinstance(organiser, Organiser) and organiser.is_member):
        raise UserError("meeting.guide_room_gone")
    if not guide.is_told(draft):
        raise UserError("meeting.guide_unclear")
    user, now = context.person.user_id, context.now
    speaker = _speaker(context)
    origin = Origin(user, room, language, context.source)
    guide.preview(draft, origin, speaker)
    item = await entry.create(context.transaction, guide.wish(draft, speaker), origin, now)
    if item.state is State.DRAFT:  # far away: they saw the date and said yes to it
        item = await entry.confirm(context.transaction, item, now, is_other=False)
    await stored.discard(context.transaction, user, NOUN)
    if not is_here:
        name = number.named(number.MEETING, item.id)
        context.answer(context.text("meeting.guide_published", id=name), card=f"{CARD}:{item.id}")
    look = Look(context.words, language, context.person.zone, now)
    await card.post(context.transaction, context.outgoing, item, look)


async def _load(context: Context) -> Draft:
    content = await stored.get(context.transaction, context.person.user_id, NOUN)
    return forms.load(FORM, content) if content is not None else Draft()


async def _save(context: Context, draft: Draft) -> None:
    user = context.person.user_id
    await stored.save(context.transaction, user, NOUN, forms.dump(draft), context.now)


def _speaker(context: Context) -> Speaker:
    return Speaker(context.person.zone, context.person.language, context.now)


def _reference(question: Question) -> tuple[RoomId, str, str]:
    """Return where it will be announced, in which language, and the field ("" at the end)."""
    room, language, name = question.reference.rsplit("|", 2)
    return RoomId(room), language, name
