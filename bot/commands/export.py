"""``!mydata``: everything that is kept of somebody, given to them alone."""

from bot.command import Command, Context, Gathering, Intent
from bot.ids import direct_room
from bot.services import export
from bot.services.attachment import Attachment
from bot.services.export import Rows, Subject
from bot.storage import subject


def parse(_rest: str, _gathering: Gathering) -> None:
    """Nothing is to be said with it."""


async def gather(gathering: Gathering, _asked: None) -> Rows:
    """Read every row about the person, of every table, at one moment."""
    async with gathering.database.read() as snapshot:
        return await subject.rows(snapshot, gathering.person.user_id)


async def run(context: Context, _asked: None) -> None:
    """Send both files where the person is alone with the bot."""
    rows = context.facts
    assert isinstance(rows, dict)  # noqa: S101  as gather returned it
    user = context.person.user_id
    given = Subject(user, context.now, context.person.language)
    files = (
        ("mydata.json", "application/json", export.as_json(rows, given)),
        ("mydata.txt", "text/plain", export.as_text(rows, given, context.words).encode()),
    )
    is_pair = context.place.is_pair
    context.answer(context.text("export.sent" if is_pair else "export.sent_alone"))
    room = context.place.room_id if is_pair else direct_room(user)
    for name, mimetype, data in files:
        file = Attachment(name, mimetype, data)
        refusal = context.text("export.refused", name=name)
        context.outgoing.attach(room, file, instead=refusal, people=[user])


EXPORT: Command[None] = Command(
    noun="export",
    english=("mydata",),
    french=("mesdonnées", "mes-données"),
    intent=Intent.PRIVACY,
    run=run,
    parse=parse,
    gather=gather,
)
