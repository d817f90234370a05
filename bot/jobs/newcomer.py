"""Newcomer: a room hears who came, they are written to, and animators hear who is silent."""

from bot.config.settings import WelcomeSettings
from bot.ids import RoomId, UserId, direct_room
from bot.job import DueJob, Firing, Preparing
from bot.services import first_step, greeting, manner, onboarding, quiet
from bot.services import newcomer as newcomers
from bot.services.greeting import Policy
from bot.services.onboarding import Talk, Voice
from bot.services.outgoing import Fallback
from bot.storage import due, newcomer
from bot.text import Mention, render


def policy_of(settings: WelcomeSettings) -> Policy:
    """Return how newcomers are greeted, as the configuration says."""
    return Policy(settings.crowd_per_hour, settings.silence)


def greeting_job(policy: Policy) -> DueJob:
    """Return the job that greets all who came into a room within a while."""

    async def gather(preparing: Preparing) -> dict[str, str]:
        """Ask what the room calls those who will be named."""
        room = RoomId(preparing.item.reference)
        async with preparing.database.read() as snapshot:
            waiting = await newcomer.waiting(snapshot, room)
        named = [one.user_id for one in waiting if one.user_id][: greeting.NAMED]
        names = [await preparing.reader.display_name_of(room, user) for user in named]
        return {user: name for user, name in zip(named, names, strict=True) if name}

    async def run(firing: Firing) -> None:
        """Greet, at the end of the room's quiet hours if it is asleep."""
        room = RoomId(firing.item.reference)
        turn = await greeting.turn(firing.transaction, room, firing.now, firing.usual)
        if turn > firing.now:
            await due.postpone(firing.transaction, firing.item, turn)
            return
        words = await greeting.words_of(firing.transaction, room, firing.usual, firing.prefix)
        names = firing.facts if isinstance(firing.facts, dict) else {}
        occasion = greeting.Occasion(room, firing.now, words, firing.words, names)
        if not await greeting.greet(firing.transaction, firing.outgoing, occasion, policy):
            await due.drop(firing.transaction, firing.item, firing.now)

    return DueJob(kind=newcomers.KIND, run=run, gather=gather)


async def tell_of_silence(firing: Firing) -> None:
    """Tell the animators of those without a first step, once, and forget their names."""
    is_said = await first_step.report(
        firing.transaction,
        firing.outgoing,
        firing.item,
        firing.words,
        firing.usual.language,
        firing.animators_room,
    )
    if not is_said:
        await due.drop(firing.transaction, firing.item, firing.now)


SILENCE = DueJob(kind=first_step.KIND, run=tell_of_silence)


async def look_again(firing: Firing) -> None:
    """Note who took a first step within a fortnight, for the numbers alone."""
    made = firing.pseudonyms
    if made is None or not await first_step.note_later(firing.transaction, firing.item, made):
        await due.drop(firing.transaction, firing.item, firing.now)


FIRST_STEP = DueJob(kind=first_step.LATER_KIND, run=look_again)


async def write_to(firing: Firing) -> None:
    """Begin the conversation with somebody; where that cannot be, the room hears it once."""
    transaction, now = firing.transaction, firing.now
    place, _, name = firing.item.reference.partition("|")
    room, user = RoomId(place), UserId(name)
    there = await manner.of_room(transaction, room, firing.usual)
    turn = await quiet.turn_with(transaction, user, now, there)
    if turn > now:
        await due.postpone(transaction, firing.item, turn)
        return
    how = await manner.of_member(transaction, user, there)
    instead = render(
        firing.words.text("welcome.fallback", there.language),
        {"member": Mention(user), "prefix": firing.prefix},
    )
    talk = Talk(
        transaction=transaction,
        outgoing=firing.outgoing,
        voice=Voice(firing.words, how.language, firing.prefix, firing.community),
        user=user,
        room=direct_room(user),
        now=now,
    )
    if not await onboarding.begin(talk, room, Fallback(room, instead)):
        await due.drop(transaction, firing.item, now)


INVITATION = DueJob(kind=greeting.KIND, run=write_to)
