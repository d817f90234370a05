"""The account's identity on a real homeserver, cut off between any two steps, lost and replaced."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from vodozemac import Account as OlmAccount

from bot.demo.homeserver import Account, Synapse
from bot.errors import OperatorError
from bot.ids import DeviceId, UserId
from bot.matrix.encryption import canonical_json, unpadded
from bot.matrix.encryption.cross_signing import CrossSigning, ForeignIdentityError
from bot.matrix.encryption.published import OwnDevice
from bot.matrix.http import Homeserver, client_path

PASSWORD = "correct horse battery staple"

STEPS = 7
"""Requests that a first start makes: one question, one upload, five for the secret storage."""


class CutError(Exception):
    """The process ended here."""


class CutHomeserver(Homeserver):
    """A homeserver that is spoken to until the process ends, before or after request ``at``."""

    def __init__(self, base_url: str, token: str, at: int, *, is_after: bool) -> None:
        super().__init__(base_url, token)
        self._left, self._is_after = at, is_after

    async def request(self, method: str, url_path: str, **rest: Any) -> dict[str, Any]:
        self._left -= 1
        if self._left < 0 and not self._is_after:
            raise CutError
        try:
            return await super().request(method, url_path, **rest)
        finally:
            if self._left < 0:
                raise CutError


@dataclass(frozen=True)
class Desk:
    """An account, and what is needed to start on it again and again."""

    account: Account
    server: Homeserver
    data_dir: Path

    @property
    def user_id(self) -> UserId:
        return UserId(self.account.user_id)

    def cross_signing(
        self,
        data_dir: Path | None = None,
        *,
        server: Homeserver | None = None,
        password: str | None = PASSWORD,
    ) -> CrossSigning:
        directory = data_dir or self.data_dir
        return CrossSigning(server or self.server, self.user_id, directory, "pickle", password)

    async def establish_until(self, at: int, *, is_after: bool, is_reset: bool = False) -> None:
        """Start, and end at that request."""
        token = self.account.access_token
        async with CutHomeserver(self.server.base_url, token, at, is_after=is_after) as server:
            started = self.cross_signing(server=server)
            with pytest.raises(CutError):
                await (started.reset() if is_reset else started.establish())

    async def master(self) -> str | None:
        return (await self.cross_signing().published()).master

    async def upload_device(self) -> OwnDevice:
        olm = OlmAccount()
        device_id = self.account.device_id
        keys = {
            f"ed25519:{device_id}": olm.ed25519_key.to_base64(),
            f"curve25519:{device_id}": olm.curve25519_key.to_base64(),
        }
        value: dict[str, Any] = {
            "user_id": self.user_id,
            "device_id": device_id,
            "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
            "keys": keys,
        }
        signature = olm.sign(canonical_json.encode(value)).to_base64()
        value["signatures"] = {self.user_id: {f"ed25519:{device_id}": signature}}
        await self.server.request(
            "POST", client_path("keys", "upload"), json={"device_keys": value}
        )
        ed25519, curve25519 = keys.values()
        return OwnDevice(DeviceId(device_id), ed25519, curve25519)


@pytest_asyncio.fixture
async def make_desk(
    synapse: Synapse, unique: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Callable[[], Awaitable[Desk]]]:
    async with AsyncExitStack() as stack:

        async def make() -> Desk:
            account = await synapse.register(unique("compagnon"), PASSWORD)
            server = Homeserver(synapse.home.base_url, account.access_token)
            await stack.enter_async_context(server)
            return Desk(account, server, tmp_path / account.device_id)

        yield make


@pytest_asyncio.fixture
async def desk(make_desk: Callable[[], Awaitable[Desk]]) -> Desk:
    return await make_desk()


def recovery_key(directory: Path) -> str:
    return (directory / "recovery_key.txt").read_text().strip()


async def test_first_start_publishes_an_identity(desk: Desk) -> None:
    identity = await desk.cross_signing().establish()

    published = await desk.cross_signing().published()
    assert published.is_whole(identity)


async def test_second_start_keeps_the_identity_and_writes_nothing(desk: Desk) -> None:
    first = await desk.cross_signing().establish()
    (desk.data_dir / "recovery_key.txt").unlink()

    second = await desk.cross_signing().establish()

    assert second == first
    assert [file.name for file in desk.data_dir.iterdir()] == ["identity.json"]


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("at", range(STEPS))
async def test_first_start_cut_off_anywhere_is_completed_by_the_next(
    desk: Desk, tmp_path: Path, at: int, *, is_after: bool
) -> None:
    await desk.establish_until(at, is_after=is_after)
    shown_first = await desk.master()

    identity = await desk.cross_signing().establish()

    assert shown_first in (None, identity.name("master"))
    assert await desk.master() == identity.name("master")
    elsewhere = await desk.cross_signing(tmp_path / "new").restore(recovery_key(desk.data_dir))
    assert elsewhere == identity


async def test_first_start_makes_as_many_requests_as_are_cut(desk: Desk) -> None:
    token = desk.account.access_token
    async with CutHomeserver(desk.server.base_url, token, STEPS, is_after=False) as server:
        assert await desk.cross_signing(server=server).establish()


async def test_device_is_signed_once(desk: Desk) -> None:
    device = await desk.upload_device()
    identity = await desk.cross_signing().establish()

    signed = [await desk.cross_signing().sign_device(identity, device) for _ in range(2)]

    assert signed == [True, False]
    assert (await desk.cross_signing().published()).is_signed(device.device_id, identity)


async def test_device_shown_with_other_keys_is_not_signed(desk: Desk) -> None:
    shown = await desk.upload_device()
    identity = await desk.cross_signing().establish()
    own = OwnDevice(shown.device_id, unpadded.encode(b"e" * 32), shown.curve25519)

    with pytest.raises(OperatorError, match="shows other keys"):
        await desk.cross_signing().sign_device(identity, own)

    assert not (await desk.cross_signing().published()).is_signed(shown.device_id, identity)


async def test_identity_of_another_client_is_refused_and_stays(desk: Desk, tmp_path: Path) -> None:
    await desk.cross_signing().establish()
    shown = await desk.master()

    with pytest.raises(ForeignIdentityError, match="identity restore"):
        await desk.cross_signing(tmp_path / "new").establish()

    assert await desk.master() == shown
    assert not (tmp_path / "new").exists()


async def test_identity_replaced_elsewhere_is_refused_and_stays(desk: Desk, tmp_path: Path) -> None:
    first = await desk.cross_signing().establish()
    second = await desk.cross_signing(tmp_path / "new").reset()

    with pytest.raises(ForeignIdentityError, match=first.fingerprint.replace("+", r"\+")):
        await desk.cross_signing().establish()

    assert await desk.master() == second.name("master")


async def test_restore_refuses_a_wrong_recovery_key(desk: Desk, tmp_path: Path) -> None:
    await desk.cross_signing().establish()

    with pytest.raises(OperatorError, match="not the recovery key"):
        await desk.cross_signing(tmp_path / "new").restore("EsTc LW2K")

    assert not (tmp_path / "new").exists()


async def test_restore_refuses_an_account_without_secret_storage(desk: Desk) -> None:
    with pytest.raises(OperatorError, match="holds no identity"):
        await desk.cross_signing().restore("EsTc LW2K")


async def test_adopt_refuses_an_identity_that_was_replaced(desk: Desk, tmp_path: Path) -> None:
    earlier = await desk.cross_signing().establish()
    later = await desk.cross_signing(tmp_path / "new").reset()

    with pytest.raises(OperatorError, match="earlier identity"):
        await desk.cross_signing().adopt(earlier)

    assert await desk.master() == later.name("master")


async def test_restore_after_a_reset_elsewhere_brings_the_new_identity(
    desk: Desk, tmp_path: Path
) -> None:
    await desk.cross_signing().establish()
    later = await desk.cross_signing(tmp_path / "new").reset()

    restored = await desk.cross_signing().restore(recovery_key(tmp_path / "new"))

    assert restored == later
    assert await desk.cross_signing().establish() == later


async def test_reset_without_a_password_is_refused(desk: Desk) -> None:
    first = await desk.cross_signing().establish()

    with pytest.raises(OperatorError, match="in a browser"):
        await desk.cross_signing(password=None).reset()

    assert await desk.cross_signing().establish() == first


async def test_reset_with_a_wrong_password_is_refused(desk: Desk) -> None:
    first = await desk.cross_signing().establish()

    with pytest.raises(OperatorError, match="does not accept the password"):
        await desk.cross_signing(password="hunter2").reset()

    assert await desk.cross_signing().establish() == first


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("at", range(STEPS))
async def test_reset_cut_off_anywhere_leaves_one_identity_that_works(
    desk: Desk, at: int, *, is_after: bool
) -> None:
    first = await desk.cross_signing().establish()
    await desk.establish_until(at, is_after=is_after, is_reset=True)
    shown = await desk.master()

    identity = await desk.cross_signing().establish()

    assert identity.name("master") == shown
    assert (identity == first) == (at == 0 or (at == 1 and not is_after))


async def test_reset_begun_again_takes_the_same_new_identity(desk: Desk) -> None:
    first = await desk.cross_signing().establish()
    await desk.establish_until(1, is_after=True, is_reset=True)
    shown = await desk.master()

    identity = await desk.cross_signing().reset()

    assert first.name("master") != shown
    assert identity.name("master") == shown


async def test_files_of_another_account_are_refused(
    make_desk: Callable[[], Awaitable[Desk]],
) -> None:
    one, other = await make_desk(), await make_desk()
    await one.cross_signing().establish()

    with pytest.raises(OperatorError, match="another account"):
        await other.cross_signing(one.data_dir).establish()

    assert await other.master() is None


async def test_wrong_pickle_key_is_a_sentence(desk: Desk) -> None:
    await desk.cross_signing().establish()
    changed = CrossSigning(desk.server, desk.user_id, desk.data_dir, "other", PASSWORD)

    with pytest.raises(OperatorError, match="The pickle key does not open"):
        await changed.establish()
