"""The command line of the long hunt: ``python -m tests.fuzz --minutes 5 [TARGET]``."""

import hashlib
import logging
import random
import sys
import traceback

import click

from tests.fuzz.hunt import BrokenError, hunt
from tests.fuzz.target import CORPUS
from tests.fuzz.targets import TARGETS


@click.command()
@click.argument("names", nargs=-1)
@click.option("--minutes", default=5.0, show_default=True, help="For all targets together.")
@click.option("--seed", default=None, type=int, help="Of the changes; another one each time.")
def main(names: tuple[str, ...], minutes: float, seed: int | None) -> None:
    """Try inputs; one that breaks something is kept among the seeds, and the exit code is 1."""
    logging.disable()  # what is passed over is logged, and here that is nearly everything
    targets = [target for target in TARGETS if not names or target.name in names]
    luck = random.Random(seed)
    is_broken = False
    for target in targets:
        try:
            count = hunt(target, minutes * 60 / len(targets), luck)
        except BrokenError as error:
            is_broken = True
            file = CORPUS / target.name / f"found-{hashlib.sha256(error.data).hexdigest()[:12]}"
            file.write_bytes(error.data)
            traceback.print_exception(error)
            click.echo(f"✗ {target.name}: kept as {file}")
        else:
            click.echo(f"✓ {target.name}: {count} inputs")
    sys.exit(is_broken)


if __name__ == "__main__":
    main()
