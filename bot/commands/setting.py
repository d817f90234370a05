"""``!settings``: what the animators chose for the room, who changed it, and changing it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.command import Access, Command, Context, Gathering, Intent
from bot.services import experience_followup, setting
from bot.services.meeting import offset
from bot.services.setting import Key
from bot.storage import room_setting
from bot.storage.room_setting import RoomSetting
from bot.text import Text, bullets
from bot.when import long_date


@dataclass(frozen=True, slots=True)
class Asked:
    """All settings are to be shown, or one, or ``value`` set (None for the default)."""

    key: Key | None = None
    value: str | None = None
    is_change: bool = False


def parse(rest: str, _gathering: Gathering) -> Asked:
    """Return what is asked for: ``[key [value]]``."""
    name, _, given = rest.strip().partition(" ")
    if not name:
        return Asked()
    key = setting.find_key(name.rstrip(":="))
    given = given.strip().removeprefix("=").strip()
    if not given:
        return Asked(key)
    return Asked(key, setting.read_value(key, given), is_change=True)


async def run(context: Context, asked: Asked) -> None:
    """Show the settings, or change one."""
    room = context.place.room_id
    if not asked.is_change or asked.key is None:
        chosen = await room_setting.of_room(context.transaction, room)
        keys = setting.KEYS if asked.key is None else (asked.key,)
        items = bullets(_line(context, key, chosen) for key in keys)
        context.answer(context.text("setting.list", items=items))
        return
    user = context.person.user_id
    await setting.change(context.transaction, room, asked.key, asked.value, user, context.now)
    value = context.text("setting.default") if asked.value is None else _said(context, asked.value)
    label = context.text(f"setting.label.{asked.key.name}")
    context.confirm(context.text("setting.set", label=label, value=value))


def _line(context: Context, key: Key, chosen: Mapping[str, RoomSetting]) -> Text:
    label = context.text(f"setting.label.{key.name}")
    item = chosen.get(key.name)
    name = context.text(f"setting.name.{key.name}")
    if item is None:
        value = _said(context, _present(context, key.name))
        return context.text("setting.line", label=label, key=name, value=value)
    zone, language = context.person.zone, context.person.language
    date = long_date(
        item.changed_at, zone=zone, language=language, with_zone=False, now=context.now
    )
    return context.text(
        "setting.line_changed",
        label=label,
        key=name,
        value=_said(context, item.value),
        author=item.changed_by,
        date=date,
    )


def _said(context: Context, value: str) -> str | Text:
    """Return a value as it is said: a word in the reader's language, ``off`` for an empty list."""
    value = value or "off"
    return context.text(f"setting.value.{value}") if value in setting.SPOKEN else value


def _present(context: Context, name: str) -> str:
    """Return what holds where the room chose nothing."""
    place = context.place
    return {
        "language": place.language,
        "timezone": place.zone.key,
        "prefix": place.prefix,
        "ack": "reaction" if place.acknowledges_by_reaction else "message",
        "capture": "on",
        "followup": str(experience_followup.MONTHS),
        "closed": "–",
        "closing": "skip",
        "reminders": offset.DEFAULT,
        "welcome": "on",
        "bots": "–",
        "quiet": str(place.quiet),
    }[name]


SETTING: Command[Asked] = Command(
    noun="setting",
    english=("settings", "setting"),
    french=("réglages", "réglage"),
    intent=Intent.SETTLE,
    run=run,
    parse=parse,
    access=Access.ANIMATOR,
    changes_preferences=True,
)
