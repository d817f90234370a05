"""Onboarding: a newcomer is walked in by a short conversation, as far as they wish."""

from bot.services.onboarding.conversation import begin, correct, fall_due, hear, resume
from bot.services.onboarding.course import KIND
from bot.services.onboarding.talk import NOUN, Talk, Voice

__all__ = ["KIND", "NOUN", "Talk", "Voice", "begin", "correct", "fall_due", "hear", "resume"]
