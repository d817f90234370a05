"""The bots that are killed live on the same kind of real homeserver as those of the other tests."""

from tests.e2e.conftest import make_bot, make_member, synapse, unique

__all__ = ["make_bot", "make_member", "synapse", "unique"]
