"""The router: every event that was journalled goes to what handles it, each in one transaction."""

from bot.router.preference import Preferences
from bot.router.registry import CommandTable
from bot.router.right import Roles
from bot.router.router import Router
from bot.router.surroundings import Rooms, Surroundings

__all__ = ["CommandTable", "Preferences", "Roles", "Rooms", "Router", "Surroundings"]
