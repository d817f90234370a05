from collections.abc import Callable
from pathlib import Path

from bot.demo.homeserver import Synapse
from bot.ids import RoomId
from tests.e2e.command_line import compagnon

PASSWORD = "correct horse battery staple"


async def test_init_leaves_a_bot_that_is_ready_to_run(
    synapse: Synapse, unique: Callable[[str], str], tmp_path: Path, room: RoomId
) -> None:
    account = await synapse.register(unique("compagnon"), PASSWORD)
    config = tmp_path / "config.toml"

    ended = await compagnon(
        *("init", "--non-interactive", "--config", config, "--password-stdin"),
        *("--user-id", account.user_id, "--homeserver", synapse.home.base_url),
        *("--community", "Les praticiens", "--room", room),
        typed=f"{PASSWORD}\n",
    )

    assert ended.code == 0, ended.printed
    assert f"compagnon --config {config} run" in ended.printed
    assert PASSWORD not in ended.printed
    assert (await compagnon("check", "--config", config)).code == 0


async def test_init_with_a_wrong_password_says_so_and_check_takes_the_right_one(
    synapse: Synapse, unique: Callable[[str], str], tmp_path: Path, room: RoomId
) -> None:
    account = await synapse.register(unique("compagnon"), PASSWORD)
    config = tmp_path / "config.toml"
    flags = (
        *("init", "--non-interactive", "--config", config, "--password-stdin"),
        *("--user-id", account.user_id, "--homeserver", synapse.home.base_url),
        *("--community", "Les praticiens", "--room", room),
    )

    refused = await compagnon(*flags, typed="wrong\n")
    accepted = await compagnon(*flags, "--force", typed=f"{PASSWORD}\n")

    assert (refused.code, accepted.code) == (1, 0)
    assert f"refuses the password of {account.user_id}" in refused.printed
