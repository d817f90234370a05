import json
from collections.abc import Callable
from pathlib import Path

import pytest
import pytest_asyncio

from bot.check import Finding, examine
from bot.clock import SystemClock
from bot.config import Settings
from bot.demo.homeserver import Account, Synapse
from bot.demo.member import Member
from bot.ids import RoomId
from bot.matrix.http import Homeserver, client_path

PASSWORD = "correct horse battery staple"

Judgement = dict[str, list[str]]


@pytest_asyncio.fixture
async def account(synapse: Synapse, unique: Callable[[str], str]) -> Account:
    """The bot's account, with no login of its own."""
    return await synapse.register(unique("compagnon"), PASSWORD)


@pytest.fixture
def settings_for(synapse: Synapse, account: Account, tmp_path: Path) -> Callable[..., Settings]:
    password = tmp_path / "password"
    password.touch(mode=0o600)
    password.write_text(PASSWORD, encoding="utf-8")

    def make(*rooms: str, inviters: tuple[str, ...] = ("*",), port: int = 0) -> Settings:
        home = synapse.home.base_url if not port else f"http://127.0.0.1:{port}"
        return Settings.model_validate(
            {
                "matrix": {
                    "homeserver": home,
                    "user_id": account.user_id,
                    "password_file": password,
                },
                "storage": {
                    "url": f"sqlite:///{tmp_path}/compagnon.db",
                    "data_dir": tmp_path / "data",
                },
                "search": {"meaning": False},
                "community": {"name": "x", "rooms": rooms, "allowed_inviters": inviters},
            }
        )

    return make


async def _judge(settings: Settings) -> Judgement:
    """Return what was found, ticks and crosses apart, as the ends of their message ids."""
    found: list[Finding] = [finding async for finding in examine(settings, SystemClock())]
    ends = [(f.is_good, f.detail.message_id.removeprefix("cli.check.")) for f in found]
    return {
        "good": [end for is_good, end in ends if is_good],
        "bad": [end for is_good, end in ends if not is_good],
    }


BASICS = [
    "data_dir.absent",
    "disk.free",
    "database.empty",
    "meaning.off",
    "homeserver.good",
    "clock.good",
    "login.good",
    "identity.none",
]


async def test_check_finds_all_good_in_a_room_it_may_enter(
    settings_for: Callable[..., Settings], room: RoomId
) -> None:
    assert await _judge(settings_for(room)) == {"good": [*BASICS, "room.open"], "bad": []}


async def test_check_twice_logs_in_once(
    settings_for: Callable[..., Settings], tmp_path: Path, room: RoomId
) -> None:
    settings = settings_for(room)
    session = tmp_path / "data" / "session.json"

    await _judge(settings)
    first = json.loads(session.read_bytes())
    await _judge(settings)

    assert json.loads(session.read_bytes()) == first
    assert session.stat().st_mode & 0o777 == 0o600


async def test_check_finds_a_wrong_password(
    settings_for: Callable[..., Settings], tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("wrong", encoding="utf-8")

    assert await _judge(settings_for()) == {"good": BASICS[:-2], "bad": ["login.refused"]}


async def test_check_lets_the_next_start_renew_an_expired_login(
    settings_for: Callable[..., Settings], tmp_path: Path, room: RoomId
) -> None:
    settings = settings_for(room)
    await _judge(settings)
    token = json.loads((tmp_path / "data" / "session.json").read_bytes())["access_token"]
    async with Homeserver(settings.matrix.homeserver, token) as server:
        await server.request("POST", client_path("logout"), json={})

    assert await _judge(settings) == {
        "good": ["data_dir.good", *BASICS[1:-2], "login.expired"],
        "bad": [],
    }


async def test_check_finds_rooms_that_are_missing_or_closed(
    settings_for: Callable[..., Settings], jo: Member, unique: Callable[[str], str]
) -> None:
    closed = await jo.create_room("Closed", public=False)
    missing = f"#{unique('missing')}:{jo.user_id.partition(':')[2]}"

    judgement = await _judge(settings_for(missing, closed))

    assert judgement["bad"] == ["room.unknown", "room.closed"]


async def test_check_finds_an_invitation_good_enough(
    settings_for: Callable[..., Settings], account: Account, jo: Member
) -> None:
    closed = await jo.create_room("Closed", public=False, invite=[account.user_id])

    assert (await _judge(settings_for(closed)))["good"][-1] == "room.open"


async def test_check_finds_a_room_by_its_alias_and_the_rights_in_it(
    settings_for: Callable[..., Settings],
    account: Account,
    synapse: Synapse,
    jo: Member,
    unique: Callable[[str], str],
) -> None:
    alias = unique("accueil")
    room = await jo.create_room("Accueil", alias=alias)
    async with await Member.login(synapse.home.base_url, account) as bot:
        await bot.join(room)
    settings = settings_for(f"#{alias}:{synapse.home.server_name}")

    before = await _judge(settings)
    levels = {"events": {"m.reaction": 50}, "events_default": 10}
    await jo.set_state(room, "m.room.power_levels", levels)
    after = await _judge(settings)

    assert before == {"good": [*BASICS, "room.joined", "rights.good"], "bad": []}
    assert after["bad"] == ["rights.missing"]


async def test_check_finds_that_a_room_was_replaced(
    settings_for: Callable[..., Settings],
    account: Account,
    synapse: Synapse,
    jo: Member,
    room: RoomId,
) -> None:
    async with await Member.login(synapse.home.base_url, account) as bot:
        await bot.join(room)
    new = await jo.create_room("New")
    await jo.set_state(room, "m.room.tombstone", {"body": "moved", "replacement_room": new})

    assert (await _judge(settings_for(room)))["bad"] == ["rights.tombstone"]


async def test_check_finds_a_bot_that_is_nowhere(settings_for: Callable[..., Settings]) -> None:
    assert (await _judge(settings_for(inviters=())))["bad"] == ["rooms.none"]


async def test_check_stops_at_a_homeserver_that_is_down(
    settings_for: Callable[..., Settings],
) -> None:
    assert await _judge(settings_for(port=9)) == {"good": BASICS[:4], "bad": ["homeserver.silent"]}
