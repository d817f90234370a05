"""The bot asks its homeserver and nobody else: there is no address that a member could give it."""

import ast
from pathlib import Path

import pytest
from aiohttp import web

import bot
from bot.matrix.http import Homeserver, MatrixError
from tests.matrix.model_server import ModelServer
from tests.matrix.wire import serving
from tests.matrix.world import World

PACKAGE = Path(bot.__file__).parent
CLIENTS = {"aiohttp", "httpx", "requests", "urllib3", "http.client", "urllib.request", "ftplib"}
KNOWN = {
    "bot/caldav/server.py": {"aiohttp"},  # the calendar server that the operator names (ADR 15)
    "bot/matrix/http.py": {"aiohttp", "urllib.request"},  # the homeserver; its proxy's address
    "bot/web/feed.py": {"aiohttp"},  # serves, and asks nothing
    "bot/web/health.py": {"aiohttp"},
    "bot/web/listener.py": {"aiohttp"},
}
ADDRESSES = [
    *("http://127.1:9/", "http://0x7f000001:9/", "http://169.254.169.254/latest/meta-data/"),
    *("http://[::ffff:127.0.0.1]:9/", "http://[64:ff9b::7f00:1]:9/", "https://evil.example/x.ics"),
    *("file:///etc/passwd", "gopher://evil.example", "mxc://evil.example/../../etc"),
]


def imported(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {
        client for client in CLIENTS if any(f"{name}.".startswith(f"{client}.") for name in names)
    }


def test_nothing_but_the_homeservers_client_can_ask_a_host() -> None:
    found = {
        f"bot/{path.relative_to(PACKAGE)}": names
        for path in PACKAGE.rglob("*.py")
        if "demo" not in path.relative_to(PACKAGE).parts
        and (names := imported(path.read_text(encoding="utf-8")))
    }

    assert found == KNOWN


def test_only_init_looks_for_a_server_of_another_name() -> None:
    users = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "import discover" in path.read_text(encoding="utf-8")
    }

    assert users == {"cli/init.py"}  # there the operator types the name, at a terminal


async def test_answer_that_leads_elsewhere_is_not_followed() -> None:
    asked: list[str] = []
    other, home = web.Application(), web.Application()

    async def stranger(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"access_token": "stolen"})

    other.router.add_route("*", "/{path:.*}", stranger)
    async with serving(other) as elsewhere:

        async def lead(request: web.Request) -> web.Response:
            del request
            return web.Response(status=307, headers={"Location": f"{elsewhere}/x"})

        home.router.add_route("*", "/{path:.*}", lead)
        async with serving(home) as url, Homeserver(url, "secret") as server:
            for method in ("GET", "PUT", "POST"):
                with pytest.raises(MatrixError, match="307"):
                    await server.request(method, "/x")

    assert asked == []


async def test_addresses_that_members_write_are_not_asked(sqlite_url: str) -> None:
    world = World(sqlite_url, ModelServer())
    await world.live()
    for address in ADDRESSES:
        world.ask(f"!ping {address}")
    await world.live()

    assert world.problems() == []
    assert {request.path.split("/")[1] for request in world.model.requests} == {"_matrix"}
    sent = " ".join(request.path for request in world.model.requests)
    assert not any(part in sent for part in ("169.254", "evil", "7f000001", "passwd"))
