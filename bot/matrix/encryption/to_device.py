"""To-device: takes what other devices sent to this one, and lets nothing of it stop the sync."""

import logging
from collections.abc import Mapping
from typing import Any

from bot.matrix.encryption.machine import Machine

log = logging.getLogger(__name__)

ENCRYPTED = "m.room.encrypted"


def take(machine: Machine, answer: Mapping[str, Any]) -> int:
    """Take the to-device events of a sync answer one by one; return how many were malformed.

    Never raises: anybody on any server can send this device anything. Kinds other than
    ``m.room.encrypted`` are not looked at; requests for keys are never answered.
    """
    section = answer.get("to_device")
    events = section.get("events") if isinstance(section, dict) else None
    malformed = 0
    for raw in events if isinstance(events, list) else []:
        try:
            _take_one(machine, raw)
        except Exception as error:  # noqa: BLE001  see above
            malformed += 1
            sender = raw.get("sender") if isinstance(raw, dict) else None
            log.warning("event=to_device_malformed sender=%.60r reason=%s:%.100s", sender,
                        type(error).__name__, error)  # fmt: skip
    return malformed


def _take_one(machine: Machine, raw: Mapping[str, Any]) -> None:
    if raw["type"] != ENCRYPTED:
        return
    sender, content = raw["sender"], raw["content"]
    if not isinstance(sender, str):
        raise TypeError("a sender that is no text")
    machine.take_to_device(sender, content)
