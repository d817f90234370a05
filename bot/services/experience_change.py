"""Experience change: who may change what of an experience, and how a change is taken back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import UserError
from bot.ids import UserId
from bot.services import experience_showing, experience_withdrawal
from bot.services.experience_field import CLASSIFYING
from bot.services.number import EXPERIENCE, named
from bot.storage import experience, experience_version
from bot.storage.experience import Experience, Visibility
from bot.storage.transaction import Transaction

MAX_TAGS = 12
"""Tags that somebody gives to one experience; more help nobody to find it."""

_WIDTH = (Visibility.ROOM, Visibility.COMMUNITY, Visibility.PUBLIC)


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand changes something, and when; ``is_animator`` in the experience's room."""

    user: UserId
    is_animator: bool
    now: datetime


async def set_field(
    transaction: Transaction, item: Experience, name: str, value: str | None, hand: Hand
) -> Experience:
    """Give a field another value, or none; return the experience as it is then.

    Its author may, and an animator what classifies it. Raises UserError for anybody else, and for a
    change that would leave nothing told.
    """
    _check(item, hand, is_classifying=name in CLASSIFYING)
    changed: Experience = replace(item, **{name: value})  # type: ignore[arg-type]  # a field's name
    if not any(changed.told.get(key) for key in changed.told if key not in CLASSIFYING):
        raise UserError("experience.nothing_left", id=named(EXPERIENCE, item.id))
    return await _save(transaction, item, changed, hand)


async def set_tags(
    transaction: Transaction,
    item: Experience,
    added: Iterable[str],
    removed: Iterable[str],
    hand: Hand,
) -> Experience:
    """Add and remove tags, folded and without ``#``; those in its words stay there."""
    _check(item, hand, is_classifying=True)
    given = (set(item.given_tags.split()) | set(added)) - set(removed)
    if len(given) > MAX_TAGS:
        raise UserError("experience.too_many_tags", limit=MAX_TAGS)
    changed = replace(item, given_tags=" ".join(sorted(given)))
    return await _save(transaction, item, changed, hand)


async def go_back(transaction: Transaction, item: Experience, hand: Hand) -> Experience:
    """Undo the last change, for its author or who made it; raises UserError if none is known."""
    version = await experience_version.latest(transaction, item.id)
    if version is None or hand.user not in (item.author, version.changed_by):
        raise UserError("experience.nothing_to_undo", id=named(EXPERIENCE, item.id))
    await experience_version.drop(transaction, version.id)
    back: Experience = replace(item, **version.before, edited_at=hand.now)  # type: ignore[arg-type]  # fields by name
    await experience.update_text(transaction, back)
    await experience_showing.changed(transaction, item.id, hand.now)
    return back


async def set_visibility(
    transaction: Transaction, item: Experience, visibility: Visibility, hand: Hand
) -> Experience:
    """Widen or narrow who may see it; return it as it is then.

    Only its author widens it; narrowing is anybody's who may change it, and takes back at once what
    the others were shown. Raises UserError for anybody else.
    """
    _check(item, hand, is_classifying=True)
    is_wider = _WIDTH.index(visibility) > _WIDTH.index(Visibility(item.visibility))
    if is_wider and hand.user != item.author:
        raise UserError("experience.widening_not_yours", id=named(EXPERIENCE, item.id))
    changed = replace(item, visibility=visibility)
    await experience.update_text(transaction, changed)
    if visibility is Visibility.ROOM and not is_wider:
        await experience_withdrawal.hide(transaction, item.id, hand.now, but_in=item.room_id)
    await experience_showing.changed(transaction, item.id, hand.now)
    return changed


def _check(item: Experience, hand: Hand, *, is_classifying: bool) -> None:
    if hand.user == item.author or (hand.is_animator and is_classifying):
        return
    wording = "experience.classify_not_yours" if is_classifying else "experience.edit_not_yours"
    raise UserError(wording, id=named(EXPERIENCE, item.id))


async def _save(
    transaction: Transaction, item: Experience, changed: Experience, hand: Hand
) -> Experience:
    if changed == item:
        return item
    edited = replace(changed, edited_at=hand.now)
    await experience_version.keep(transaction, item, edited, hand.user, hand.now)
    await experience.update_text(transaction, edited)
    await experience_showing.changed(transaction, item.id, hand.now)
    return edited
