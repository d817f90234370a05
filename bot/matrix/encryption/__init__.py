"""End-to-end encryption: the device that reads and writes, and the identity that vouches for it."""
