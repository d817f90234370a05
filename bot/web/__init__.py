"""What the bot shows over its own HTTP listener."""
