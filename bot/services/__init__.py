"""The rules of the community: what may happen, and what then follows."""
