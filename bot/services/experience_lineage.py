"""Experience lineage: what an experience takes up, and all that takes it up in turn."""

from bot.storage import experience
from bot.storage.experience import Experience
from bot.storage.transaction import Reader

HIGHEST = 30
"""Steps up to the first ancestor, and down from it; nobody reads a longer chain."""

MOST = 60
"""Experiences of one lineage that are shown."""


async def of(reader: Reader, number: int) -> list[Experience]:
    """Return the lineage of ``E<number>``, each after what it takes up; empty if there is none."""
    item = await experience.get(reader, number)
    if item is None:
        return []
    root = item
    for _ in range(HIGHEST):
        if root.parent_id is None:
            break
        parent = await experience.get(reader, root.parent_id)
        if parent is None:
            break
        root = parent
    found = [root]
    layer = [root.id]
    for _ in range(HIGHEST):
        children = await experience.children(reader, layer)
        if not children or len(found) >= MOST:
            break
        found += children[: MOST - len(found)]
        layer = [child.id for child in children]
    return found
