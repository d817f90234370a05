"""Retour: what those who came to a date take away from it, looked back on together."""

NOUN = "retour"
"""The command that hears the answers; the kind of the card on what was posted."""
