"""What of nio's inside is used or overridden is as it was when that was written.

A failure means that nio was updated: read what changed below, mend ``bot/matrix/encryption``, run
all of its tests, and only then write the new fingerprints down.
"""

import hashlib
import inspect
from collections.abc import Callable
from importlib.metadata import version

import pytest
from nio.crypto import (
    DeviceStore,
    InboundGroupSession,
    Olm,
    OlmAccount,
    OlmDevice,
    OutboundGroupSession,
    SessionStore,
)
from nio.crypto.sessions import InboundSession, OutboundSession, Session
from nio.store import SqliteStore
from nio.store.database import MatrixStore

from bot.matrix.encryption.machine import Machine
from bot.matrix.encryption.store import Store

RELIED_ON: dict[Callable[..., object], str] = {
    Olm.__init__: "ca4dd418bf2e",
    Olm._olm_encrypt: "d39136aa04e4",
    Olm._mark_device_for_unwedging: "dcc4edda70e5",
    Olm._try_decrypt: "42fbc95efb61",
    Olm._verify_olm_payload: "be46089e6a9c",
    Olm._handle_room_key_event: "76575dfde8e6",
    Olm._should_accept_forward: "51806f1932a5",
    Olm._handle_forwarded_room_key_event: "6202ede32ed3",
    Olm._handle_olm_event: "ce9bce5a2c9f",
    Olm._create_inbound_session: "c7b077241dac",
    Olm.create_session: "cd65cb4fea9c",
    Olm.create_group_session: "ea5ecbbbc40f",
    Olm.create_outbound_group_session: "78ccd2ad0191",
    Olm.decrypt: "a52af9f0720e",
    Olm.group_encrypt: "7224dacd52b5",
    Olm.load: "76e2bc6c07be",
    Olm.save_session: "41dfae458946",
    Olm.save_inbound_group_session: "5c84f114c8ea",
    Olm.save_account: "434357772a47",
    Olm.sign_json: "545c17eece96",
    Olm.verify_json: "466409c08376",
    OlmAccount: "5528d58f3fa1",
    Session: "75474a8f24d7",
    InboundSession: "2520b5973cfc",
    OutboundSession: "7f432f5c8acd",
    InboundGroupSession: "df96280ecefd",
    OutboundGroupSession: "5f1c98c001a1",
    OlmDevice: "797d009474df",
    DeviceStore: "1ab504f9406b",
    SessionStore: "197cf721df02",
    MatrixStore.__post_init__: "5c34255230e2",
    MatrixStore._get_account: "7ccfb7d6ad82",
    MatrixStore._create_database: "bee4dab712b7",
    MatrixStore.load_account: "1553c6b40591",
    MatrixStore.save_account: "205a27a6a893",
    MatrixStore.load_sessions: "a85b7e4a754d",
    MatrixStore.save_session: "c6fa0c820bee",
    MatrixStore.save_inbound_group_session: "d7f0520bcf3f",
    MatrixStore.load_inbound_group_sessions: "99fa0b240b67",
    MatrixStore.save_device_keys: "43382545e9cc",
    SqliteStore.load_device_keys: "c65c02d7ecfa",
}


def fingerprint(function: Callable[..., object]) -> str:
    """Return a hash of a function's or a class's source."""
    return hashlib.sha256(inspect.getsource(inspect.unwrap(function)).encode()).hexdigest()[:12]


@pytest.mark.parametrize(
    ("function", "expected"), RELIED_ON.items(), ids=lambda item: getattr(item, "__qualname__", "")
)
def test_function_of_nio_is_as_it_was(function: Callable[..., object], expected: str) -> None:
    assert fingerprint(function) == expected


def test_nio_is_the_version_that_was_read() -> None:
    assert version("matrix-nio") == "0.26.0"


@pytest.mark.parametrize(("ours", "theirs"), [(Machine, Olm), (Store, SqliteStore)])
def test_every_override_still_overrides_something(ours: type, theirs: type) -> None:
    wanted = {name for name, value in vars(ours).items() if name in OVERRIDES and callable(value)}

    assert wanted <= set(dir(theirs))


OVERRIDES = {
    "create_group_session",
    "_mark_device_for_unwedging",
    "_create_database",
    "save_account",
    "save_session",
    "save_inbound_group_session",
    "save_device_keys",
    "load_device_keys",
    "load_inbound_group_sessions",
}
