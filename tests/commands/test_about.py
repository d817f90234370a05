"""What the bot says of itself."""

from tests.scene import Scene


async def test_about_says_who_and_which_version(scene: Scene) -> None:
    [answer] = await scene.say("!àpropos")

    assert "Les praticiens" in answer.body
    assert "1.2.3" in answer.body
    assert "https://example.org/source" in answer.html
