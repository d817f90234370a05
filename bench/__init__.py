"""Measures the bot and tries to break it from outside; no part of the installed package."""
