"""Content URI: where the homeserver keeps a file, ``mxc://server/id`` (Matrix 1.16, 11.7.2)."""

import re

_URI = re.compile(r"mxc://([A-Za-z0-9.:\[\]-]{1,230})/([A-Za-z0-9_-]{1,255})")


def parts(uri: str) -> tuple[str, str]:
    """Return the server and the id of a content URI; raises ValueError for anything else."""
    found = _URI.fullmatch(uri)
    if found is None:
        raise ValueError("no content URI")
    return found[1], found[2]


def is_one(uri: object) -> bool:
    """Return whether ``uri`` is a content URI."""
    return isinstance(uri, str) and _URI.fullmatch(uri) is not None
