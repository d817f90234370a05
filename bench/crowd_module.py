"""A Synapse module that lets many users join a room at once; it runs inside the homeserver.

A join through the API costs Synapse 24 ms, 200 rooms of 50 members would take four minutes. This
hands the same membership events to Synapse's own batch path, which checks, signs and stores them
like any others: 4 ms each. ``POST /bench/join`` with ``{"room_id": …, "user_ids": […]}``. For
throwaway servers only: it asks for no token.
"""

import json

from synapse.http.site import SynapseRequest
from synapse.module_api import DirectServeJsonResource, ModuleApi
from synapse.types import create_requester

PATH = "/bench/join"


class CrowdModule:
    """What the ``modules`` section of the homeserver's configuration names."""

    def __init__(self, config: object, api: ModuleApi) -> None:
        del config
        api.register_web_resource(PATH, _Join(api))


class _Join(DirectServeJsonResource):
    def __init__(self, api: ModuleApi) -> None:
        super().__init__()
        # The module API has no batches; the handler that room creation uses has.
        self._events = api._hs.get_event_creation_handler()  # noqa: SLF001  see above

    async def _async_render_POST(  # noqa: N802  Synapse's name for it
        self, request: SynapseRequest
    ) -> tuple[int, dict[str, object]]:
        assert request.content is not None, "a POST has a body"
        asked = json.loads(request.content.read())
        joins: list[dict[str, object]] = [
            {
                "type": "m.room.member",
                "room_id": asked["room_id"],
                "sender": user_id,
                "state_key": user_id,
                "content": {"membership": "join"},
            }
            for user_id in asked["user_ids"]
        ]
        await self._events.create_and_send_new_client_events(
            create_requester(asked["user_ids"][0]), asked["room_id"], None, joins, ratelimit=False
        )
        return 200, {}
