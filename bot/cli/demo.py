"""``compagnon demo``: a community played on a homeserver of its own."""

from pathlib import Path

import click

from bot.demo import main


@click.command()
@click.option("--once", is_flag=True, help="End after the story; 1 if a step did not happen.")
@click.option(
    "--language",
    type=click.Choice(["fr", "en"]),
    default="fr",
    envvar="LANG_DEMO",
    show_envvar=True,
    show_default=True,
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    show_default=True,
    help="Directory of the homeserver and the bot; emptied first, unless --keep.",
)
@click.option("--keep", is_flag=True, help="Go on with what an earlier demo left.")
@click.pass_context
def command(
    context: click.Context, /, language: str, data_dir: Path, *, once: bool, keep: bool
) -> None:
    """Play a community on a homeserver of its own, then let you type as a member.

    Needs no account and leaves nothing but its directory.
    """
    context.exit(main(language, once=once, data_dir=data_dir, keep=keep))
