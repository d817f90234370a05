"""Element and the bot each open the secret storage that the other made."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.demo.homeserver import Synapse
from bot.ids import UserId
from bot.matrix.encryption.cross_signing import CrossSigning
from bot.matrix.http import Homeserver
from tests.e2e.interop.element import Element

PASSWORD = "correct horse battery staple"

MakeElement = Callable[..., Awaitable[Element]]
Unique = Callable[[str], str]


async def test_element_opens_the_bots_secret_storage_with_its_recovery_key(
    synapse: Synapse, unique: Unique, tmp_path: Path, make_element: MakeElement
) -> None:
    account = await synapse.register(unique("compagnon"), PASSWORD)
    async with Homeserver(synapse.home.base_url, account.access_token) as server:
        signing = CrossSigning(server, UserId(account.user_id), tmp_path / "data", "key", PASSWORD)
        identity = await signing.establish()
        words = signing.recovery_file.read_text().strip()

        element = await make_element(account=account, recovery_key=words)

        own = await element.do("own_identity")
        assert own == {
            "master": identity.name("master"),
            "in_secret_storage": True,
            "here": True,
        }
        assert (await signing.published()).is_signed(element.device_id, identity)


async def test_bot_opens_elements_secret_storage_with_its_recovery_key(
    synapse: Synapse, tmp_path: Path, make_element: MakeElement
) -> None:
    element = await make_element("compagnon")
    account = element.account
    async with Homeserver(synapse.home.base_url, account.access_token) as server:
        signing = CrossSigning(server, UserId(account.user_id), tmp_path / "data", "key")

        identity = await signing.restore(str(element.recovery_key))

        assert identity.name("master") == (await element.do("own_identity"))["master"]
        assert (await signing.published()).is_signed(element.device_id, identity)
        assert await signing.establish() == identity
        assert not signing.recovery_file.exists()
