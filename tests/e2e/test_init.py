import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bot.demo.homeserver import Synapse
from bot.ids import RoomId

PASSWORD = "correct horse battery staple"


async def _compagnon(*arguments: str | Path, typed: str = "") -> tuple[int, str]:
    """Run the command line and return its exit code and all that it printed."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", *map(str, arguments)],
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


async def test_init_leaves_a_bot_that_is_ready_to_run(
    synapse: Synapse, unique: Callable[[str], str], tmp_path: Path, room: RoomId
) -> None:
    account = await synapse.register(unique("compagnon"), PASSWORD)
    config = tmp_path / "config.toml"

    code, printed = await _compagnon(
        *("init", "--non-interactive", "--config", config, "--password-stdin"),
        *("--user-id", account.user_id, "--homeserver", synapse.home.base_url),
        *("--community", "Les praticiens", "--room", room),
        typed=f"{PASSWORD}\n",
    )

    assert code == 0, printed
    assert f"compagnon --config {config} run" in printed
    assert PASSWORD not in printed
    assert (await _compagnon("check", "--config", config))[0] == 0


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

    refused, printed = await _compagnon(*flags, typed="wrong\n")
    accepted, _ = await _compagnon(*flags, "--force", typed=f"{PASSWORD}\n")

    assert (refused, accepted) == (1, 0)
    assert f"refuses the password of {account.user_id}" in printed
