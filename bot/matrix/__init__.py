"""The homeserver side: HTTP, session, sync loop, inbox, sender; the only importer of nio."""
