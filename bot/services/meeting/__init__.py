"""Meetings: what a community comes together for, who comes, and how nobody forgets it."""

CARD = "meeting"
"""Kind of the card on every message that shows or announces a meeting; its number follows."""
