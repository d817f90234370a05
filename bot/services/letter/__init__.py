"""The letter: what happened in a room or in the community, told once a period in two minutes."""
