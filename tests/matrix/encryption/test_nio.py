"""What of nio's inside is used or overridden is as it was when that was written.

A failure means that nio was updated: read what changed below, mend ``bot/matrix/encryption``, run
all of its tests, and only then write the new fingerprints down.
"""

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable
from importlib.metadata import version

import pytest
from nio.crypto import InboundGroupSession, Olm, OlmAccount, OlmDevice, OutboundGroupSession
from nio.crypto.memorystores import DeviceStore, SessionStore
from nio.crypto.sessions import InboundSession, OutboundSession, Session
from nio.store import SqliteStore
from nio.store.database import MatrixStore

from bot.matrix.encryption.machine import Machine
from bot.matrix.encryption.store import Store

RELIED_ON: dict[Callable[..., object], str] = {
    Olm.__init__: "",
    Olm._olm_encrypt: "",
    Olm._mark_device_for_unwedging: "",
    Olm._try_decrypt: "",
    Olm._verify_olm_payload: "",
    Olm._handle_room_key_event: "",
    Olm._should_accept_forward: "",
    Olm._handle_forwarded_room_key_event: "",
    Olm._handle_olm_event: "",
    Olm._create_inbound_session: "",
    Olm.create_session: "",
    Olm.create_group_session: "",
    Olm.create_outbound_group_session: "",
    Olm.decrypt: "",
    Olm.group_encrypt: "",
    Olm.load: "",
    Olm.save_session: "",
    Olm.save_inbound_group_session: "",
    Olm.save_account: "",
    Olm.sign_json: "",
    Olm.verify_json: "",
    OlmAccount: "",
    Session: "",
    InboundSession: "",
    OutboundSession: "",
    InboundGroupSession: "",
    OutboundGroupSession: "",
    OlmDevice: "",
    DeviceStore: "",
    SessionStore: "",
    MatrixStore.__post_init__: "",
    MatrixStore._get_account: "",
    MatrixStore._create_database: "",
    MatrixStore.load_account: "",
    MatrixStore.save_account: "",
    MatrixStore.load_sessions: "",
    MatrixStore.save_session: "",
    MatrixStore.save_inbound_group_session: "",
    MatrixStore.load_inbound_group_sessions: "",
    MatrixStore.save_device_keys: "",
    SqliteStore.load_device_keys: "",
}


def fingerprint(function: Callable[..., object]) -> str:
    """Return a hash of what a function does; comments and layout are not part of it."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    # Python's own versions print trees differently, but write them back alike.
    return hashlib.sha256(ast.unparse(tree).encode()).hexdigest()[:12]


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
