"""Where the model server keeps files: a place is reserved, and filled once, as Synapse does it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.matrix.exchange import Answer, Request, answer, refused

SERVER = "example.org"


@dataclass
class MediaShelf:
    """``files`` by their content URI, None for a place that is reserved and empty."""

    limit_bytes: int = 50_000_000
    files: dict[str, bytes | None] = field(default_factory=dict)
    types: dict[str, tuple[str, str]] = field(default_factory=dict)
    puts: list[bytes] = field(default_factory=list)
    """Every file that arrived, however often."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def is_for(self, request: Request) -> bool:
        """Return whether a request is about files."""
        return "/media/" in request.path

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request about files."""
        match request.method, request.parts:
            case "POST", ["create"]:
                uri = f"mxc://{SERVER}/file{next(self._numbers)}"
                self.files[uri] = None
                return answer(200, {"content_uri": uri})
            case "PUT", ["upload", server, media_id]:
                return self._put(f"mxc://{server}/{media_id}", request)
            case "GET", ["media", "config"]:
                return answer(200, {"m.upload.size": self.limit_bytes})
            case "GET", ["media", "download", server, media_id]:
                data = self.files.get(f"mxc://{server}/{media_id}")
                if data is not None:
                    return 200, {"Content-Length": str(len(data))}, data
        return refused(404, "M_NOT_FOUND")

    def _put(self, uri: str, request: Request) -> Answer:
        self.puts.append(request.body or b"")
        if uri not in self.files:
            return refused(404, "M_NOT_FOUND")
        if self.files[uri] is not None:
            return refused(409, "M_CANNOT_OVERWRITE_MEDIA")
        if len(request.body or b"") > self.limit_bytes:
            return refused(413, "M_TOO_LARGE")
        self.files[uri] = request.body or b""
        self.types[uri] = (request.query.get("filename", ""), "")
        return answer(200, {})
