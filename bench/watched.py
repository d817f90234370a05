"""The bot with a watch on its event loop: ``python -m bench.watched CONFIG HOLDS``.

When it is told to stop it writes into the file ``HOLDS`` how long the loop was held, and when.
"""

import json
import os
import sys
from pathlib import Path

import uvloop

from bench.watch import Hold, Watch
from bot.app import run
from bot.config import load_settings


async def main(config: Path) -> list[Hold]:
    """Run the bot as ``compagnon run`` does, and return how long its loop was held."""
    async with Watch() as watch:
        await run(load_settings(config, os.environ))
    return watch.holds


if __name__ == "__main__":
    found = uvloop.run(main(Path(sys.argv[1])))
    Path(sys.argv[2]).write_text(json.dumps(found))
