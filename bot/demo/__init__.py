"""A throwaway homeserver, small real clients, and a story played with them."""
