"""Invitations: from whom, how many, and what is said on arrival."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.ids import EventId, RoomId, UserId
from bot.model import Invite
from bot.router.invitation import INVITES_AN_HOUR, Quota
from bot.storage.database import Database
from tests.scene import JO, NOW, Scene

NEW = RoomId("!new:example.org")


def invitation(inviter: str, event: str = "$invite") -> Invite:
    return Invite(EventId(event), NEW, UserId(inviter), NOW, NOW)


@pytest.mark.parametrize(
    ("patterns", "inviter", "is_accepted"),
    [
        (["*:example.org"], "@jo:example.org", True),
        (["*:example.org"], "@jo:elsewhere.org", False),
        (["*:example.org"], "@jo:example.org.evil.org", False),
        (["*:example.org"], "@jo:evil.org:example.org", False),
        (["*:example.org"], "@jo:exampleXorg", False),
        (["@jo:example.org"], "@jo:example.org", True),
        (["@jo:example.org"], "@joe:example.org", False),
        (["jo:example.org"], "@jo:example.org", True),
        (["*:localhost:8448"], "@jo:localhost:8448", True),
        (["*:*.example.org"], "@jo:city.example.org", True),
        (["*"], "@anybody:anywhere.org", True),
        ([], "@jo:example.org", False),
        (["@a:b.org", "*:example.org"], "@jo:example.org", True),
    ],
)
def test_inviter_is_held_against_the_patterns(
    patterns: Sequence[str], inviter: str, is_accepted: bool
) -> None:
    assert Quota(patterns).accepts(invitation(inviter), NOW) is is_accepted


def test_invitations_of_one_server_are_limited_by_the_hour() -> None:
    quota = Quota(["*"])
    flood = [
        quota.accepts(invitation("@a:evil.org", event=f"${n}"), NOW)
        for n in range(INVITES_AN_HOUR + 5)
    ]

    assert flood.count(True) == INVITES_AN_HOUR
    assert quota.accepts(invitation("@jo:example.org"), NOW)
    assert quota.accepts(invitation("@a:evil.org", event="$more"), NOW + timedelta(hours=1))


def test_invitation_that_is_handled_again_and_again_counts_once() -> None:
    quota = Quota(["*"])
    tries = [quota.accepts(invitation("@jo:example.org"), NOW) for _ in range(3 * INVITES_AN_HOUR)]

    assert all(tries)
    assert quota.accepts(invitation("@jo:example.org", event="$other"), NOW)


async def test_invitation_is_accepted_without_a_word(scene: Scene) -> None:
    assert await scene.invite(NEW) == []
    assert scene.server.joined == [NEW]


async def test_invitation_to_a_conversation_of_two_is_answered_by_one_hello(scene: Scene) -> None:
    [hello] = await scene.invite(NEW, is_direct=True)

    assert hello.room == NEW
    assert "aide" in hello.body


async def test_invitation_by_somebody_not_allowed_is_declined(scene: Scene) -> None:
    assert await scene.invite(NEW, sender=UserId("@spam:evil.org"), is_direct=True) == []
    assert (scene.server.joined, scene.server.left) == ([], [NEW])


async def test_invitation_taken_back_is_no_trouble(scene: Scene) -> None:
    scene.server.closed.add(NEW)

    assert await scene.invite(NEW, is_direct=True) == []


async def test_nobody_is_allowed_unless_named(database: Database) -> None:
    scene = Scene(database, allowed_inviters=())

    await scene.invite(NEW, sender=JO)

    assert scene.server.left == [NEW]
