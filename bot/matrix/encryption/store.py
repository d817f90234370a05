"""Store: keeps the keys of one device in a file, one transaction for each operation."""

from pathlib import Path
from urllib.parse import quote

from nio.crypto import DeviceStore, InboundGroupSession, OlmAccount, OlmDevice, Session
from nio.store import DeviceKeys, Keys, MegolmInboundSessions, OlmSessions, SqliteStore
from peewee import (  # type: ignore[import-untyped]  # it has no types
    OperationalError,
    SqliteDatabase,
    chunked,
)

from bot.matrix.encryption import table
from bot.matrix.encryption.room_key import RoomKeys
from bot.matrix.encryption.table import ROWS, Generation, HeardMessage, Place

_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 1,
    "foreign_keys": 1,
    "secure_delete": 1,
    "busy_timeout": 5000,
}
"""WAL and NORMAL: the first message into a room of 400 devices took 3.2 s instead of 13.2 s."""


class StoreTroubleError(Exception):
    """The store cannot be written now; trying again later may help."""


def file_of(directory: Path, device_id: str) -> Path:
    """Return the file of a device's store; its id, which a server chose, is no path."""
    return directory / f"{quote(device_id, safe='')}.db"


class Store(SqliteStore):  # type: ignore[misc]  # nio has no types
    """nio's store, but what is saved is collected in memory until ``commit``.

    Each object is written once for an operation, however often it changed; nio's own store writes
    and commits with each change, which blocked the event loop for seconds.
    """

    models = (*SqliteStore.models, Generation, HeardMessage)

    def __init__(self, file: Path, user_id: str, device_id: str, pickle_key: str) -> None:
        self._account: OlmAccount | None = None
        self._account_id: int | None = None
        self._sessions: dict[str, tuple[str, Session]] = {}
        self._deleted_sessions: set[str] = set()
        self._group_sessions: dict[str, InboundGroupSession] = {}
        self._devices: dict[tuple[str, str], OlmDevice] = {}
        self._heard: dict[Place, str] = {}
        super().__init__(user_id, device_id, str(file.parent), pickle_key, file.name)

    def _create_database(self) -> SqliteDatabase:
        return SqliteDatabase(self.database_path, pragmas=_PRAGMAS)

    def save_account(self, account: OlmAccount) -> None:
        """Write the account with the next commit."""
        self._account = account

    def save_session(self, curve_key: str, session: Session) -> None:
        """Write an Olm session with the next commit."""
        self._sessions[session.id] = (curve_key, session)

    def delete_session(self, session: Session) -> None:
        """Delete an Olm session with the next commit."""
        self._sessions.pop(session.id, None)
        self._deleted_sessions.add(session.id)

    def save_inbound_group_session(self, session: InboundGroupSession) -> None:
        """Write a room key with the next commit, in the place of one of the same id."""
        self._group_sessions[session.id] = session

    def save_device_keys(self, device_keys: dict[str, dict[str, OlmDevice]]) -> None:
        """Write what is known of devices with the next commit."""
        for devices in device_keys.values():
            for device in devices.values():
                self._devices[device.user_id, device.device_id] = device

    def save_heard(self, place: Place, event_id: str) -> None:
        """Write which event a message was with the next commit."""
        self._heard[place] = event_id

    @property
    def is_changed(self) -> bool:
        """Return whether there is something to commit."""
        changed = (
            self._account, self._sessions, self._group_sessions, self._devices, self._heard
        )  # fmt: skip
        return any(bool(item) for item in changed)

    def commit(self) -> None:
        """Make what was saved durable, all or nothing.

        Raises StoreTroubleError when the disk is full or the file locked; nothing is forgotten
        then, and the next commit writes it.
        """
        if not self.is_changed:
            return
        try:
            with self.database.bind_ctx(self.models), self.database.atomic("IMMEDIATE"):
                self._write_account()
                self._write_sessions()
                self._write_group_sessions()
                self._write_devices()
                table.write_heard(self._heard.items())
        except OperationalError as error:
            raise StoreTroubleError(str(error)) from error
        self._account = None
        self._sessions.clear()
        self._deleted_sessions.clear()
        self._group_sessions.clear()
        self._devices.clear()
        self._heard.clear()

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def _write_account(self) -> None:
        if self._account is not None:
            # Through nio, which inserts or updates the row of this device.
            super().save_account(self._account)
        if self._account_id is None:
            self._account_id = self._get_account().id

    def _write_sessions(self) -> None:
        rows = (
            {
                "account": self._account_id,
                "sender_key": curve_key,
                "session": session.pickle(self.pickle_key),
                "session_id": session.id,
                "creation_time": session.creation_time,
                "last_usage_date": session.use_time,
            }
            for curve_key, session in self._sessions.values()
        )
        for batch in chunked(rows, ROWS):
            OlmSessions.replace_many(batch).execute()
        for batch in chunked(self._deleted_sessions, ROWS):
            OlmSessions.delete().where(OlmSessions.session_id.in_(batch)).execute()

    def _write_group_sessions(self) -> None:
        rows = (
            {
                "account": self._account_id,
                "sender_key": session.sender_key,
                "fp_key": session.ed25519,
                "room_id": session.room_id,
                "session": session.pickle(self.pickle_key),
                "session_id": session.id,
            }
            for session in self._group_sessions.values()
        )
        for batch in chunked(rows, ROWS):
            MegolmInboundSessions.replace_many(batch).execute()

    def _write_devices(self) -> None:
        for batch in chunked(self._devices.values(), ROWS):
            self._write_device_rows(batch)

    def _write_device_rows(self, devices: list[OlmDevice]) -> None:
        DeviceKeys.insert_many(
            {
                "account": self._account_id,
                "user_id": device.user_id,
                "device_id": device.device_id,
                "display_name": "",  # a name that its owner chose is not ours to keep
                "deleted": device.deleted,
            }
            for device in devices
        ).on_conflict(
            conflict_target=[DeviceKeys.account, DeviceKeys.user_id, DeviceKeys.device_id],
            preserve=[DeviceKeys.deleted],
        ).execute()
        users = {device.user_id for device in devices}
        found = DeviceKeys.select().where(
            DeviceKeys.account == self._account_id, DeviceKeys.user_id.in_(users)
        )
        ids = {(row.user_id, row.device_id): row.id for row in found}
        keys = [
            {"device": ids[device.user_id, device.device_id], "key_type": kind, "key": key}
            for device in devices
            for kind, key in device.keys.items()
        ]
        for batch in chunked(keys, ROWS):
            Keys.replace_many(batch).execute()

    def load_device_keys(self) -> DeviceStore:
        """Return all known devices, with one query where nio makes two for each device."""
        store = DeviceStore()
        keys: dict[int, dict[str, str]] = {}
        with self.database.bind_ctx(self.models):
            for device_id, kind, key in Keys.select(Keys.device, Keys.key_type, Keys.key).tuples():
                keys.setdefault(device_id, {})[kind] = key
            for row in DeviceKeys.select():
                if keys.get(row.id, {}).keys() >= {"ed25519", "curve25519"}:
                    device = OlmDevice(row.user_id, row.device_id, keys[row.id])
                    device.deleted = row.deleted
                    store[row.user_id][row.device_id] = device
        return store

    def load_inbound_group_sessions(self) -> RoomKeys:
        """Return the room keys, read one by one when they are needed."""
        return RoomKeys(self.group_session)

    def group_session(self, session_id: str) -> InboundGroupSession | None:
        """Return the room key with this id, if there is one."""
        unsaved = self._group_sessions.get(session_id)
        if unsaved is not None:
            return unsaved
        with self.database.bind_ctx(self.models):
            row = MegolmInboundSessions.get_or_none(MegolmInboundSessions.session_id == session_id)
        if row is None:
            return None
        return InboundGroupSession.from_pickle(
            row.session, row.fp_key, row.sender_key, row.room_id, self.pickle_key
        )

    def heard_in(self, session_id: str) -> dict[int, str]:
        """Return which event the message at each place of a room key was, where that was kept."""
        with self.database.bind_ctx(self.models):
            return table.heard_in(session_id)

    def generation(self) -> int:
        """Return how often the device began anew from this store; 0 at first."""
        with self.database.bind_ctx(self.models):
            row = Generation.get_or_none()
        return 0 if row is None else int(row.value)

    def set_generation(self, value: int) -> None:
        """Write the generation at once."""
        with self.database.bind_ctx(self.models):
            Generation.replace(id=1, value=value).execute()
