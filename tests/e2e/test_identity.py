"""The operator's way with the bot's identity: made, shown, carried away, brought back, replaced."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from bot.demo import bot_process
from bot.demo.bot_process import community_settings
from bot.demo.homeserver import Account, Synapse

PASSWORD = "correct horse battery staple"
PASSPHRASE = "les sanglots longs des violons"


@dataclass(frozen=True)
class Machine:
    """A machine on which the operator gives commands about one account."""

    config: Path

    @property
    def data_dir(self) -> Path:
        return self.config.with_name("data")

    async def compagnon(self, *arguments: str | Path) -> tuple[int, str]:
        """Run the command line and return its exit code and all that it printed."""
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "bot", "--config", self.config, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout

    async def fingerprint(self) -> str:
        _, printed = await self.compagnon("identity", "show")
        found = re.search(r"^Fingerprint +(.*)$", printed, re.MULTILINE)
        return found[1] if found else printed

    async def begin(self) -> str:
        """Give the account its identity, as ``init`` does, and return the fingerprint."""
        code, printed = await self.compagnon("identity", "reset", "--i-understand")
        assert code == 0, printed
        return await self.fingerprint()

    def private(self, name: str, text: str) -> Path:
        file = self.config.with_name(name)
        file.touch(mode=0o600)
        file.write_text(text)
        return file


MakeMachine = Callable[[str], Machine]


@pytest_asyncio.fixture
async def make_machine(
    synapse: Synapse, unique: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[MakeMachine]:
    """Machines that all have the same account."""
    account: Account = await synapse.register(unique("compagnon"), PASSWORD)
    settings = community_settings(synapse.home, account, name="Les praticiens")
    yield lambda name: Machine(bot_process.prepare(tmp_path / name, settings, PASSWORD).config_path)


async def test_export_is_brought_back_on_another_machine(make_machine: MakeMachine) -> None:
    one, other = make_machine("one"), make_machine("other")
    fingerprint = await one.begin()
    words = one.private("words", PASSPHRASE)
    export = one.config.with_name("identity.export")
    written = await one.compagnon("identity", "export", "--passphrase-file", words, export)

    restored = await other.compagnon(
        "identity", "restore", "--from", export, "--passphrase-file", words
    )

    assert (written[0], restored[0]) == (0, 0), written[1] + restored[1]
    assert export.stat().st_mode & 0o777 == 0o600
    assert fingerprint in restored[1]
    assert await other.fingerprint() == fingerprint


async def test_export_asks_for_a_passphrase_worth_the_name(make_machine: MakeMachine) -> None:
    one = make_machine("one")
    await one.begin()
    export = one.config.with_name("identity.export")

    code, printed = await one.compagnon(
        "identity", "export", "--passphrase-file", one.private("words", "secret"), export
    )

    assert code == 1
    assert "at least 12" in printed
    assert not export.exists()


async def test_recovery_key_brings_the_identity_to_another_machine(
    make_machine: MakeMachine,
) -> None:
    one, other = make_machine("one"), make_machine("other")
    fingerprint = await one.begin()
    key = one.data_dir / "recovery_key.txt"

    code, printed = await other.compagnon("identity", "restore", "--recovery-key-file", key)

    assert code == 0, printed
    assert await other.fingerprint() == fingerprint


async def test_identity_kept_elsewhere_is_never_replaced_unasked(
    make_machine: MakeMachine,
) -> None:
    one, other = make_machine("one"), make_machine("other")
    fingerprint = await one.begin()

    shown = await other.compagnon("identity", "show")
    checked = await other.compagnon("check")
    refused = await other.compagnon("identity", "reset")

    assert (shown[0], checked[0], refused[0]) == (1, 1, 2)
    assert "compagnon identity restore" in shown[1]
    assert "--i-understand" in " ".join(checked[1].split())
    assert "--i-understand" in refused[1]
    assert await one.fingerprint() == fingerprint


async def test_reset_makes_a_new_identity_and_a_new_recovery_key(
    make_machine: MakeMachine,
) -> None:
    one, other = make_machine("one"), make_machine("other")
    first = await one.begin()
    key = (one.data_dir / "recovery_key.txt").read_text()

    second = await one.begin()

    assert second != first
    earlier = other.private("earlier", key)
    code, printed = await other.compagnon("identity", "restore", "--recovery-key-file", earlier)
    assert code == 1
    assert "not the recovery key" in printed


async def test_private_keys_are_in_no_file_and_in_no_output(make_machine: MakeMachine) -> None:
    one = make_machine("one")
    await one.begin()

    printed = (await one.compagnon("identity", "show"))[1]

    kept = json.loads((one.data_dir / "identity.json").read_text())
    assert set(kept) == {"version", "user_id", "cost", "salt", "nonce", "ciphertext"}
    assert (one.data_dir / "recovery_key.txt").read_text().strip() not in printed
    for file in one.data_dir.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
