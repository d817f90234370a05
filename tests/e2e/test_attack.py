"""Hostile events through a real homeserver, and a canary that no log may sing of."""

import json
import re
from pathlib import Path

import pytest

from bot.demo.client_api import RequestRefusedError
from bot.demo.conversation import RunningBot
from bot.demo.homeserver import Synapse
from bot.demo.member import Member
from bot.demo.sealed_member import SealedMember
from bot.ids import RoomId
from tests.e2e.command_line import compagnon
from tests.e2e.conftest import PASSWORD, MakeBot, Unique

TEXT = {"msgtype": "m.text", "body": "!ping"}
NEW = {"msgtype": "m.text", "body": 7}
DEEP: object = "x"
for _ in range(100):
    DEEP = {"d": DEEP}

SHAPES: list[tuple[str, dict[str, object]]] = [
    ("m.room.message", {**TEXT, "formatted_body": 7, "format": "org.matrix.custom.html"}),
    ("m.room.message", {**TEXT, "m.relates_to": "$0"}),
    ("m.room.message", {**TEXT, "m.relates_to": {"rel_type": "m.replace", "event_id": 7}}),
    ("m.room.message", {**TEXT, "m.new_content": NEW,
                        "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}}),
    ("m.room.message", {**TEXT, "m.relates_to": {"m.in_reply_to": "$0"}}),
    ("m.room.message", {**TEXT, "m.mentions": "all"}),
    ("m.room.message", {**TEXT, "m.mentions": {"user_ids": [7, None, []]}}),
    ("m.room.message", {**TEXT, "body": "!pi\0ng"}),
    ("m.room.message", {**TEXT, "body": None}),
    ("m.room.message", {**TEXT, "body": ["!ping"]}),
    ("m.room.message", {**TEXT, "msgtype": 7}),
    ("m.room.message", {**TEXT, "deep": DEEP}),
    ("m.room.message", {**TEXT, "body": "!help " + "<img src=x onerror=alert(1)> @room " * 50}),
    ("m.room.message", {"msgtype": "m.image", "body": 7, "url": ["mxc://a/b"], "info": "x"}),
    ("m.room%0A.message", TEXT),
    ("m" * 255, TEXT),
    ("m.reaction", {"m.relates_to": "$0"}),
    ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$0", "key": 7}}),
    ("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "garbage"}),
    ("m.room.encrypted", {"algorithm": 7, "ciphertext": {"x": []}, "session_id": "s"}),
]  # fmt: skip

STATES: list[tuple[str, dict[str, object]]] = [
    ("m.room.pinned_events", {"pinned": {"a": 1}}),
    ("m.room.join_rules", {"join_rule": "nobody knows", "allow": 7}),
    ("m.room.topic", {"topic": ["x"]}),
    ("m.room.name", {"name": 7}),
    ("m.room.tombstone", {"replacement_room": ".."}),
    ("m.room.tombstone", {"body": 7}),
]


async def let_pass(member: Member, room: RoomId) -> int:
    """Send every shape; return how many the homeserver let pass."""
    passed = 0
    for type_, content in SHAPES:
        try:
            await member.send_event(room, type_, content)
        except RequestRefusedError:
            continue
        passed += 1
    for type_, content in STATES:
        try:
            await member.set_state(room, type_, content)
        except RequestRefusedError:
            continue
        passed += 1
    return passed


async def test_shapes_that_the_homeserver_lets_pass_break_nothing(
    make_bot: MakeBot, jo: Member, room: RoomId
) -> None:
    bot = await make_bot(room)
    # Synapse refuses some: what it lets pass is what a member can do to the bot.
    assert await let_pass(jo, room) >= 10

    assert "pong" in (await bot.answer(jo, room, "!ping")).body

    said = [event for event in await jo.history(room) if event.sender == bot.user_id]
    for event in said:
        assert "<img" not in str(event.content.get("formatted_body"))
        assert "@room" not in event.body
    assert "Traceback" not in bot.process.log


async def test_junk_encryption_seals_the_room_for_good_and_others_are_served(
    make_bot: MakeBot, jo: Member, room: RoomId
) -> None:
    other = await jo.create_room("Autre")
    bot = await make_bot(room, other)
    await jo.set_state(other, "m.room.encryption", {"algorithm": "none at all"})
    await jo.send(other, "!ping")

    assert "pong" in (await bot.answer(jo, room, "!ping")).body

    readable = [e for e in await jo.history(other) if e.sender == bot.user_id and e.body]
    assert readable == []
    assert "Traceback" not in bot.process.log


@pytest.mark.parametrize("form", ["text", "json"])
async def test_canary_is_in_no_output(
    make_bot: MakeBot, jo: Member, room: RoomId, form: str
) -> None:
    bot = await make_bot(room, more={"log": {"format": form, "level": "debug"}})
    directory = bot.process.config_path.parent
    await _whole_day(bot, jo, room)
    checked = await compagnon("--config", bot.process.config_path, "check")
    secrets = {PASSWORD, jo.user_id.partition(":")[0][1:], "zinzolin"} | _kept(directory / "data")

    for secret in secrets:
        assert secret not in bot.process.log, secret
    for secret in secrets:
        assert secret not in checked.printed, secret
    assert len(secrets) >= 5
    assert "ready" in bot.process.log


async def _whole_day(bot: RunningBot, jo: Member, room: RoomId) -> None:
    """Let the member say a word that nobody else says, in every manner, around a kill."""
    shared = await jo.send(room, "!partage Le zinzolin manque → un pot de zinzolin #zinzolin")
    await bot.answer_to(jo, shared)
    for words in (
        "!rappel dans 2 heures zinzolin",
        "!cherche zinzolin",
        "!rappel zinzolin",
        "!zinzolin",
        "!profil zinzolin",
        "!fuseau zinzolin",
    ):
        await jo.send(room, words)
    await jo.edit(room, shared, "!partage Le zinzolin est là → zinzolin")
    await let_pass(jo, room)
    await jo.send(room, "zinzolin pour tout le monde")
    await bot.process.kill()
    await jo.send(room, "!cherche zinzolin")
    await bot.process.start()
    await bot.answer(jo, room, "!ping")
    await bot.process.stop()


def _kept(data: Path) -> set[str]:
    """Return the token, the keys and the recovery key as they lie in the data directory."""
    session = json.loads((data / "session.json").read_text())
    found = {str(session["access_token"])}
    for name in ("pickle_key", "pseudonym_key", "recovery_key.txt"):
        for line in (data / name).read_bytes().decode(errors="replace").splitlines():
            if re.fullmatch(r"[\w+/=\- ]{20,}", line):
                found.add(line)
    return found


async def test_canary_of_an_encrypted_room_is_in_no_file_of_the_homeserver(
    make_bot: MakeBot, synapse: Synapse, unique: Unique, tmp_path: Path
) -> None:
    account = await synapse.register(unique("jo"), PASSWORD)
    async with await SealedMember.enter(synapse.home.base_url, account, tmp_path / "jo") as jo:
        room = await jo.create_room("Accueil")
        await jo.encrypt_room(room)
        bot = await make_bot(room)
        shared = await bot.answer(jo, room, "!partage Le smaragdin manque → un pot de smaragdin")
        await jo.edit(room, shared.reply_to, "!partage Le smaragdin est là → smaragdin")
        for words in ("!cherche smaragdin", "!rappel dans 2 heures smaragdin", "!fuseau smaragdin"):
            assert "smaragdin" in (await bot.answer(jo, room, words)).body
        await bot.process.stop()
        await jo.send(room, "!cherche smaragdin")
        await bot.process.start()
        await bot.answer(jo, room, "!ping")

    files = [path for path in synapse.home.data_dir.rglob("*") if path.is_file()]
    assert [path.name for path in files if b"smaragdin" in path.read_bytes()] == []
    assert any(room.encode() in path.read_bytes() for path in files)
    assert "smaragdin" not in bot.process.log
