"""Exchange: a request as the model server gets it, what it answers, and what goes wrong."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    token: str | None

    @property
    def parts(self) -> list[str]:
        """Return the decoded parts of the path after ``/_matrix/client/v3`` or the like."""
        return [unquote(part) for part in self.path.split("/")[4:]]

    @property
    def is_send(self) -> bool:
        """Whether it would add an event to a room."""
        return self.method == "PUT" and self.parts[2:3] in (["send"], ["redact"])


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens instead of the answer to a request.

    ``answer`` is what the client gets, None for no answer; ``is_done`` tells whether the server
    carried the request out before. ``applies`` says to which requests it can happen.
    """

    answer: Answer | None = None
    is_done: bool = False
    applies: Callable[[Request], bool] = lambda request: request.is_send


def answer(status: int, body: object, **headers: str) -> Answer:
    """Return an answer with a JSON body; ``Retry_After`` becomes a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps(body).encode()


def refused(status: int, errcode: str, error: str = "no", **more: object) -> Answer:
    """Return a standard error answer."""
    return answer(status, {"errcode": errcode, "error": error, **more})


def request_of(method: str, url: str, body: bytes | None, token: str | None) -> Request:
    """Return a request to the model from what a client sends."""
    split = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(split.query).items()}
    is_file = split.path.startswith("/_matrix/media/") and method == "PUT"
    content = body if is_file or not body else json.loads(body)
    return Request(method, split.path, query, content, token)
