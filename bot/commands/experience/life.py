"""Life: an experience is completed, classified, widened, followed up or withdrawn."""

from typing import assert_never

from bot.command import Context
from bot.commands.experience.asked import Become, Delete, Edit, See, Tag, Undo, Useful
from bot.commands.experience.seen import Seen
from bot.errors import UserError
from bot.services import (
    experience,
    experience_change,
    experience_followup,
    experience_notice,
    experience_showing,
    number,
)
from bot.services.experience_change import Hand
from bot.services.experience_field import CLASSIFYING
from bot.services.outgoing import conversation_with
from bot.storage import experience_interest
from bot.storage.experience import FIELDS, Experience
from bot.text import bullets

WITHDRAWAL = "experience-withdrawal"
"""Kind of the card on the question whether to delete; its reference is ``<number>|<user>``."""

Changing = Edit | Tag | See | Undo | Become | Useful | Delete


async def run(context: Context, asked: Changing, item: Experience, seen: Seen) -> None:
    """Do with ``item`` what is asked, if the person may."""
    hand = Hand(context.person.user_id, seen.is_animated, context.now)
    match asked:
        case Edit():
            await _edit(context, asked, item, hand)
        case Tag():
            await _tag(context, asked, item, hand)
        case See():
            changed = await experience_change.set_visibility(
                context.transaction, item, asked.visibility, hand
            )
            wording = f"experience.visibility.{changed.visibility}"
            context.confirm(context.text(wording, id=_name(item)))
        case Undo():
            await experience_change.go_back(context.transaction, item, hand)
            await _tell_author(context, item, "undo")
            context.confirm(context.text("experience.undone", id=_name(item)))
        case Become():
            await _become(context, asked, item)
        case Useful():
            await _useful(context, asked, item)
        case Delete():
            await _delete(context, asked, item, seen)
        case _:
            assert_never(asked)


async def _edit(context: Context, asked: Edit, item: Experience, hand: Hand) -> None:
    if asked.field is None:
        names = [name for name in FIELDS if name != "note"]
        shown = bullets(context.text(f"experience.field_line.{name}") for name in names)
        context.answer(context.text("experience.fields", id=_name(item), items=shown))
        return
    await experience_change.set_field(context.transaction, item, asked.field, asked.value, hand)
    if asked.field in CLASSIFYING:
        await _tell_author(context, item, asked.field)
    field = context.text(f"experience.field.{asked.field}")
    wording = "experience.field_set" if asked.value is not None else "experience.field_cleared"
    context.confirm(context.text(wording, id=_name(item), field=field))


async def _tag(context: Context, asked: Tag, item: Experience, hand: Hand) -> None:
    changed = await experience_change.set_tags(
        context.transaction, item, asked.added, asked.removed, hand
    )
    await _tell_author(context, item, "tags")
    shown = " ".join(f"#{tag}" for tag in sorted(changed.tags))
    wording = "experience.tagged" if shown else "experience.untagged"
    start = len(context.outgoing.enqueued)
    context.confirm(context.text(wording, id=_name(item), tags=shown))
    # Some of them are the author's own words, which go when these are withdrawn.
    said = context.outgoing.enqueued[start:]
    await experience_showing.note_words(context.transaction, said, [item.id], context.now)


async def _become(context: Context, asked: Become, item: Experience) -> None:
    if context.person.user_id != item.author:
        raise UserError("experience.edit_not_yours", id=_name(item))
    await experience_followup.record(
        context.transaction, item, asked.status, asked.reason, context.now
    )
    context.confirm(context.text(f"experience.became.{asked.status}", id=_name(item)))


async def _useful(context: Context, asked: Useful, item: Experience) -> None:
    user = context.person.user_id
    if user == item.author:
        raise UserError("experience.useful_own", id=_name(item))
    if asked.is_useful:
        is_new = await experience_interest.add(context.transaction, item.id, user, context.now)
    else:
        is_new = await experience_interest.remove(context.transaction, item.id, user)
    if is_new:
        await experience_showing.changed(context.transaction, item.id, context.now)
    if not asked.is_silent:
        wording = "experience.useful" if asked.is_useful else "experience.useful_undone"
        context.confirm(context.text(wording, id=_name(item)))


async def _delete(context: Context, asked: Delete, item: Experience, seen: Seen) -> None:
    user, is_animated = context.person.user_id, seen.is_animated
    experience.check_erasure(item, user, is_animated=is_animated)
    if asked.is_sure:
        await experience.erase(
            context.transaction, item, user, context.now, is_animated=is_animated
        )
        context.confirm(context.text("experience.deleted", id=_name(item)))
        return
    context.answer(
        context.text("experience.delete_sure", id=_name(item)),
        card=f"{WITHDRAWAL}:{item.id}|{user}",
    )
    if context.earlier is None:
        room = context.message.room_id
        oid = context.outgoing.enqueued[-1].oid
        context.outgoing.react(room, oid, "✅", conversation=conversation_with(room, user))


async def _tell_author(context: Context, item: Experience, what: str) -> None:
    """Tell the author of a change that somebody else made, when they may be spoken to."""
    if context.person.user_id != item.author:
        await experience_notice.plan_change(
            context.transaction, item, what, context.person.user_id, context.now
        )


def _name(item: Experience) -> str:
    return number.named(number.EXPERIENCE, item.id)
