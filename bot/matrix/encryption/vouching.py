"""Vouching: publishes what the identity says of others, once a person has compared the emojis."""

from collections.abc import Mapping
from typing import Any

from bot.ids import UserId
from bot.matrix.encryption import canonical_json
from bot.matrix.encryption.identity import Identity
from bot.matrix.encryption.published import look_up
from bot.matrix.http import Homeserver, MatrixError, client_path


async def upload(server: Homeserver, user_id: str, name: str, signed: Mapping[str, Any]) -> None:
    """Publish a signed key ``name`` of ``user_id``; raises MatrixError where it is not taken."""
    path = client_path("keys", "signatures", "upload")
    answer = await server.request("POST", path, json={user_id: {name: signed}})
    if answer.get("failures"):
        raise MatrixError(400, "M_INVALID_SIGNATURE", f"the signature of {name} was refused")


async def vouch_for_user(server: Homeserver, identity: Identity, user_id: str, master: str) -> None:
    """Say that the public master key ``master``, in unpadded base64, is that of ``user_id``."""
    value = {"user_id": user_id, "usage": ["master"], "keys": {f"ed25519:{master}": master}}
    name = identity.name("user_signing")
    signed = canonical_json.sign(value, identity.user_id, identity.user_signing, name)
    await upload(server, user_id, master, signed)


async def vouch_for_device(
    server: Homeserver, identity: Identity, device_id: str, ed25519: str
) -> None:
    """Say that the device with this key is the account's own.

    Raises ValueError where the homeserver now shows another key for it.
    """
    published = await look_up(server, UserId(identity.user_id))
    if published.device_key(device_id) != ed25519:
        raise ValueError("the device has another key by now")
    shown = {**published.devices[device_id]}
    shown.pop("unsigned", None)
    name = identity.name("self_signing")
    signed = canonical_json.sign(shown, identity.user_id, identity.self_signing, name)
    await upload(server, identity.user_id, device_id, signed)
