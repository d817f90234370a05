"""``!welcome``: how newcomers of the room are greeted; the words, a preview, on and off."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.command import Access, Command, Context, Gathering, Intent
from bot.errors import UserError
from bot.services import direct, greeting, setting, welcome
from bot.services.greeting import Words
from bot.services.onboarding import Voice, wish
from bot.services.welcome import Wish
from bot.storage import welcome as stored
from bot.text import Mention, Text, bullets, fold
from bot.when import long_date

_SHOW = frozenset({"", "show", "voir", "montre", "montrer"})
_PREVIEW = frozenset({"preview", "apercu", "essai"})
_TEXT = frozenset({"text", "texte", "mots", "words"})
_QUESTION = frozenset({"question", "questions"})
_US = frozenset({"us", "nous", "introduction"})
_SWITCHES = setting.find_key("welcome")
_LANGUAGES = ("fr", "en")
_LONGEST_GIVEN = 40


@dataclass(frozen=True, slots=True)
class Show:
    """How it stands is to be shown."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a newcomer would read is to be shown, to who asks alone."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Newcomers are to be greeted (``on``), or not (``off``)."""

    value: str


Asked = Show | Preview | Switch | Wish | wish.Wish


def parse(rest: str, gathering: Gathering) -> Asked:
    """Return what is asked for: ``show``, ``preview``, ``on``, ``text fr …``, ``question …``."""
    if gathering.place.is_pair:
        raise UserError("welcome.where")
    verb, _, following = rest.strip().partition(" ")
    word = fold(verb)
    if word in _SHOW:
        return Show()
    if word in _PREVIEW:
        return Preview()
    if word in _TEXT:
        return welcome.read(following)
    if word in _QUESTION:
        return wish.read_question(following)
    if word in _US:
        return wish.read_introduction(following)
    value = _SWITCHES.read(verb)
    if value is None:
        raise UserError("welcome.unknown", given=rest.strip()[:_LONGEST_GIVEN])
    return Switch(value)


async def run(context: Context, asked: Asked) -> None:
    """Do what is asked."""
    match asked:
        case Show():
            await _show(context)
        case Preview():
            await _preview(context)
        case Switch(value):
            room, user = context.place.room_id, context.person.user_id
            await setting.change(context.transaction, room, _SWITCHES, value, user, context.now)
            context.confirm(context.text(f"welcome.set.{value}"))
        case Wish(text=text):
            room, user = context.place.room_id, context.person.user_id
            await welcome.change(context.transaction, room, asked, user, context.now)
            context.confirm(
                context.text("welcome.set.usual" if text is None else "welcome.set.text")
            )
        case _:
            await _grant(context, asked)


async def _grant(context: Context, asked: wish.Wish) -> None:
    """Change or show what newcomers are told and asked alone."""
    community, prefix = context.about.community, context.place.prefix
    voice = Voice(context.words, context.person.language, prefix, community)
    room, user = context.place.room_id, context.person.user_id
    said = await wish.grant(context.transaction, asked, room, user, context.now, voice)
    if isinstance(asked, wish.Listing):
        context.answer(said)
    else:
        context.confirm(said)


async def _show(context: Context) -> None:
    room = context.place.room_id
    own = await stored.of_room(context.transaction, room)
    is_on = await setting.greets(context.transaction, room)
    items = bullets(_line(context, language, own) for language in _LANGUAGES)
    state = context.text("welcome.state.on" if is_on else "welcome.state.off")
    context.answer(context.text("welcome.shown", state=state, items=items))


def _line(context: Context, language: str, own: Mapping[str, stored.Welcome]) -> Text:
    item = own.get(language)
    if item is None:
        words = context.words.text("welcome.words", language)
        return context.text("welcome.line_usual", language=language, text=words)
    zone, reader = context.person.zone, context.person.language
    date = long_date(item.changed_at, zone=zone, language=reader, with_zone=False, now=context.now)
    return context.text(
        "welcome.line", language=language, text=item.text, author=item.changed_by, date=date
    )


async def _preview(context: Context) -> None:
    """Tell who asks what a newcomer would read: as if they had just come themselves."""
    place, user = context.place, context.person.user_id
    own = (await stored.of_room(context.transaction, place.room_id)).get(place.language)
    words = Words(place.language, place.prefix, own.text if own else None)
    line = greeting.compose([Mention(user)], 0, words, context.words, is_crowd=False)
    await direct.ask_again(context.transaction, user, context.now)
    context.outgoing.tell(user, context.text("welcome.preview", text=line), is_notice=True)
    context.confirm(context.text("welcome.preview_sent"))


WELCOME: Command[Asked] = Command(
    noun="welcome",
    english=("welcome",),
    french=("accueil",),
    intent=Intent.SETTLE,
    run=run,
    parse=parse,
    access=Access.ANIMATOR,
    changes_preferences=True,
)
