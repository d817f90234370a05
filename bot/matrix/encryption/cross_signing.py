"""Cross-signing: gives the account one identity, and lets it vouch for the bot's device.

Strict clients (MSC4153) neither read a device that its owner does not vouch for nor write to it.
Everything here may be interrupted anywhere and be begun again: the private keys are on the disk
before the homeserver hears of them, so that there is never a second identity by accident. And there
is never a new one in the place of another without the operator's own word: whoever had verified the
bot could no longer write to it.
"""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import OperatorError
from bot.ids import UserId
from bot.matrix.encryption import (
    authentication,
    canonical_json,
    identity_file,
    recovery,
    vouching,
)
from bot.matrix.encryption.identity import Identity, grouped
from bot.matrix.encryption.identity_file import Kept, WrongKeyError
from bot.matrix.encryption.published import OwnDevice, Published, look_up
from bot.matrix.encryption.secret_storage import StorageKey
from bot.matrix.http import Homeserver, MatrixError, client_path
from bot.matrix.session import write_private

log = logging.getLogger(__name__)

RECOVERY_FILE_NAME = "recovery_key.txt"


class ForeignIdentityError(OperatorError):
    """The account has cross-signing keys whose private halves are not here."""

    def __init__(self, user_id: UserId, master: str, ours: str | None) -> None:
        what = f"{ours} is" if ours else "none is"
        super().__init__(
            f"The account {user_id} has the encryption identity {grouped(master)}, which is not "
            f"kept here ({what}). If it was set up in Element, bring it here with its recovery "
            "key: compagnon identity restore. If that key is lost, replace the identity, and "
            "everybody who had verified the bot must verify it anew: "
            "compagnon identity reset --i-understand"
        )


@dataclass(frozen=True, slots=True)
class CrossSigning:
    """The identity of the account ``user_id``: its files in ``data_dir`` and its public side.

    ``passphrase`` opens the files; ``password``, if there is one, is shown to the homeserver only
    where it asks for it.
    """

    server: Homeserver
    user_id: UserId
    data_dir: Path
    passphrase: str
    password: str | None = None

    @property
    def recovery_file(self) -> Path:
        """Where a new recovery key is written, for the operator to take away."""
        return self.data_dir / RECOVERY_FILE_NAME

    async def establish(self) -> Identity:
        """Return the account's identity: the kept one, else, where there is none, a new one.

        Raises ForeignIdentityError rather than replace an identity that is not here.
        """
        return await self._establish(await self.published())

    async def vouch(self, device: OwnDevice) -> Identity:
        """Return the account's identity, established, once it vouches for the device.

        One request where nothing is left to do. Raises what ``establish`` and ``sign_device`` do.
        """
        published = await self.published()
        identity = await self._establish(published)
        if not (published.is_ours(device) and published.is_signed(device.device_id, identity)):
            await self.sign_device(identity, device)
        return identity

    async def sign_device(self, identity: Identity, device: OwnDevice) -> bool:
        """Let the identity vouch for the device; return whether it had to.

        The device's keys must have been uploaded. Raises OperatorError where the homeserver shows
        others for it, and MatrixError where it does not take the signature.
        """
        published = await self.published()
        if not published.is_ours(device):
            raise OperatorError(
                f"The homeserver shows other keys for the device {device.device_id} than it has. "
                f"Move {self.data_dir / 'session.json'} away: the bot then logs in as a new device."
            )
        if published.is_signed(device.device_id, identity):
            return False
        shown = {**published.devices[device.device_id]}
        shown.pop("unsigned", None)
        name = identity.name("self_signing")
        signed = canonical_json.sign(shown, self.user_id, identity.self_signing, name)
        await vouching.upload(self.server, self.user_id, device.device_id, signed)
        log.info("event=device_signed device=%s", device.device_id)
        return True

    async def restore(self, words: str) -> Identity:
        """Bring the identity here from the account's secret storage, and keep it.

        ``words`` are a recovery key, or the passphrase that Element once asked for. Raises
        OperatorError where they open nothing, or something else than the account's identity.
        """
        return await self.adopt(await recovery.recover(self.server, self.user_id, words))

    async def adopt(self, identity: Identity) -> Identity:
        """Keep an identity brought from elsewhere; OperatorError if the account has another."""
        published = await self.published()
        if published.master not in (None, identity.name("master")):
            raise OperatorError(
                f"These keys are of an earlier identity, {identity.fingerprint}; the account now "
                f"has {grouped(str(published.master))}. Take the newer recovery key."
            )
        self._write(Kept(identity))
        self._next_file.unlink(missing_ok=True)
        return await self.establish()

    async def reset(self) -> Identity:
        """Replace the account's identity, whatever it is, by a new one with a new recovery key.

        Raises OperatorError where the homeserver does not allow it with what the bot has.
        """
        kept = self._read(self._next_file)
        if kept is None:
            kept = Kept(Identity.create(self.user_id), StorageKey.create())
            identity_file.write(self._next_file, kept, self.passphrase)
        await self._upload(kept.identity, is_replacing=True)
        self._next_file.replace(self._file)
        await self._complete(kept)
        return kept.identity

    async def published(self) -> Published:
        """Return what the homeserver shows of the account."""
        return await look_up(self.server, self.user_id)

    def kept(self, master: str | None) -> Kept | None:
        """Return the kept identity whose public master key is ``master``; any, for None.

        Ends a reset that was interrupted: after the homeserver had taken it, or before.
        """
        current, following = self._read(self._file), self._read(self._next_file)
        for kept, file in ((current, self._file), (following, self._next_file)):
            if kept is not None and master in (None, kept.identity.name("master")):
                if file == self._next_file:
                    file.replace(self._file)
                return kept
        return None

    async def _establish(self, published: Published) -> Identity:
        kept = self.kept(published.master)
        if kept is None:
            if published.master is not None:
                raise ForeignIdentityError(self.user_id, published.master, self._fingerprint())
            kept = Kept(Identity.create(self.user_id), StorageKey.create())
            self._write(kept)
            log.info("event=identity_created fingerprint=%r", kept.identity.fingerprint)
        if not published.is_whole(kept.identity):
            await self._upload(kept.identity, is_replacing=False)
        await self._complete(kept)
        return kept.identity

    async def _upload(self, identity: Identity, *, is_replacing: bool) -> None:
        path = client_path("keys", "device_signing", "upload")
        body = identity.upload()
        try:
            await self.server.request("POST", path, json=body)
        except MatrixError as error:
            if not authentication.is_asked_for(error):
                raise
            proof = authentication.proof(error, self.user_id, self.password)
            if not is_replacing:
                # The password would also replace what another client uploaded this very moment.
                master = (await self.published()).master
                if master not in (None, identity.name("master")):
                    raise ForeignIdentityError(
                        self.user_id, str(master), identity.fingerprint
                    ) from None
            try:
                await self.server.request("POST", path, json={**body, "auth": proof})
            except MatrixError as refusal:
                if refusal.status not in (401, 403):
                    raise
                raise OperatorError(
                    f"The homeserver does not accept the password of {self.user_id} for its keys."
                ) from refusal
        log.info("event=identity_published fingerprint=%r", identity.fingerprint)

    async def _complete(self, kept: Kept) -> None:
        """Put a new identity into the secret storage, its recovery key first into its file."""
        if kept.storage_key is None:
            return
        write_private(self.recovery_file, f"{kept.storage_key.recovery_key}\n".encode())
        await recovery.keep(self.server, kept.identity, kept.storage_key)
        self._write(replace(kept, storage_key=None))
        log.warning("event=recovery_key_written file=%s remedy=%r", self.recovery_file,
                    "keep its line where the bot's data is not, then delete the file")  # fmt: skip

    def _read(self, file: Path) -> Kept | None:
        try:
            kept = identity_file.read(file, self.passphrase)
        except WrongKeyError:
            raise OperatorError(
                f"The pickle key does not open {file}. Put the right key file back "
                f"(matrix.pickle_key_file); if it is lost, move {file} away and run: "
                "compagnon identity restore"
            ) from None
        if kept is not None and kept.identity.user_id != self.user_id:
            raise OperatorError(
                f"{file} is the identity of {kept.identity.user_id}, not of {self.user_id}: use "
                "another storage.data_dir for another account.",
                exit_code=2,
            )
        return kept

    def _write(self, kept: Kept) -> None:
        identity_file.write(self._file, kept, self.passphrase)

    def _fingerprint(self) -> str | None:
        kept = self._read(self._file)
        return None if kept is None else kept.identity.fingerprint

    @property
    def _file(self) -> Path:
        return self.data_dir / identity_file.FILE_NAME

    @property
    def _next_file(self) -> Path:
        return self.data_dir / identity_file.NEXT_FILE_NAME
