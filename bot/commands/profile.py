"""``!me``: what somebody says of themselves, field by field, and who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.command import Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.ids import EventId
from bot.services import profile
from bot.services.content import Fallback
from bot.services.profile import Field, Filled, read_field
from bot.storage.transaction import Transaction
from bot.text import Text, bullets, fold, paragraphs

_LONGEST_GIVEN = 40

_HIDE = frozenset({"hide", "cache", "cacher", "masque", "masquer"})
_SHOW = frozenset({"show", "montre", "montrer", "affiche", "afficher"})
_CLEAR = frozenset({"clear", "delete", "remove", "efface", "effacer", "vide", "vider", "supprimer"})
_ALL = frozenset({"all", "tout", "everything", "tous"})
_NOTHING = frozenset({"-", "–", "—"})


@dataclass(frozen=True, slots=True)
class Show:
    """The whole profile is to be shown."""


@dataclass(frozen=True, slots=True)
class Fill:
    """``field`` is to hold ``value``."""

    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class Clear:
    """``fields`` are to be empty."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Conceal:
    """``fields`` are to be hidden, or seen by those who share a room."""

    fields: tuple[Field, ...]
    is_hidden: bool


Asked = Show | Fill | Clear | Conceal


def parse(rest: str, _gathering: Gathering) -> Asked:
    """Return what is asked for: ``talents facilitation``, ``hide place``, ``clear about``."""
    first, _, following = rest.strip().partition(" ")
    if "\n" in first:
        first, _, more = first.partition("\n")
        following = f"{more} {following}"
    word, following = fold(first).rstrip(":"), following.strip().removeprefix(":").strip()
    if not word or (word in _SHOW and not following):
        return Show()
    if word in _HIDE | _SHOW:
        return Conceal(_fields(following), is_hidden=word in _HIDE)
    if word in _CLEAR:
        return Clear(_fields(following))
    field = _field(first)
    if following in _NOTHING:
        return Clear((field,))
    return Fill(field, profile.check(field, following)) if following else Show()


def _fields(given: str) -> tuple[Field, ...]:
    if fold(given) in _ALL:
        return tuple(Field)
    names = [name for name in given.replace(",", " ").split() if name not in ("et", "and", "&")]
    if not names:
        raise UserError("profile.field_missing")
    return tuple(dict.fromkeys(_field(name) for name in names))


def _field(given: str) -> Field:
    field = read_field(given)
    if field is None:
        raise UserError("profile.field_unknown", given=given[:_LONGEST_GIVEN])
    return field


async def run(context: Context, asked: Asked) -> None:
    """Show the profile, or change it."""
    user, transaction = context.person.user_id, context.transaction
    match asked:
        case Show():
            await _show(context)
        case Fill(field, value):
            await profile.set_field(
                transaction, user, field, value, context.now, source=context.source
            )
            is_hidden = field in await profile.hidden_of(transaction, user)
            key = "profile.set_hidden" if is_hidden else "profile.set"
            label = _label(context, field)
            context.confirm(context.text(key, field=label, word=label))
        case Clear(fields):
            gone = [
                field for field in fields if await profile.clear_field(transaction, user, field)
            ]
            key = "profile.cleared" if gone else "profile.was_empty"
            context.confirm(context.text(key, fields=_labels(context, gone or fields)))
        case Conceal(fields, is_hidden):
            for field in fields:
                await profile.set_hidden(transaction, user, field, context.now, is_hidden=is_hidden)
            key = "profile.hidden" if is_hidden else "profile.visible"
            context.confirm(context.text(key, fields=_labels(context, fields)))


async def _show(context: Context) -> None:
    """Show the profile to its member alone."""
    user = context.person.user_id
    filled = await profile.of_user(context.transaction, user)
    if not filled:
        context.answer(context.text("profile.empty"))
        return
    lines = bullets(_line(context, item) for item in filled)
    text = paragraphs([context.text("profile.shown"), lines, context.text("profile.how")])
    if context.place.is_pair:
        context.answer(text)
        return
    context.confirm(context.text("profile.told"))
    fallback = Fallback(context.place.room_id, context.text("profile.not_told"))
    context.outgoing.tell(user, text, fallback=fallback)


def _line(context: Context, item: Filled) -> Text:
    key = "profile.line_hidden" if item.is_hidden else "profile.line"
    return context.text(key, field=_label(context, item.field), value=_value(context, item))


def _value(context: Context, item: Filled) -> str | Text:
    if item.field is Field.WORLD:
        return context.text(f"profile.world.{item.value}")
    return item.value


def _label(context: Context, field: Field) -> Text:
    return context.text(f"profile.field.{field}")


def _labels(context: Context, fields: Sequence[Field]) -> str:
    return ", ".join(_label(context, field).body for field in fields)


async def take_back(transaction: Transaction, event: EventId, _now: datetime) -> bool:
    """Forget what the command of the event said."""
    return await profile.take_back(transaction, event)


PROFILE: Command[Asked] = Command(
    noun="profile",
    english=("me",),
    french=("moi",),
    intent=Intent.MEET,
    run=run,
    parse=parse,
    is_editable=True,
    take_back=take_back,
)
