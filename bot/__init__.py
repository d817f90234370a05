"""Compagnon: a kind Matrix bot that animates a community of practice."""

__version__ = "0.1.0"
