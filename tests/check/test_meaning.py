"""The check tells whether search by meaning is on; its absence is nothing to mend."""

from bot.check.meaning import check_meaning
from bot.config.settings import SearchSettings
from bot.encoder import is_installed


def test_switched_off_is_good() -> None:
    found = check_meaning(SearchSettings(meaning=False))
    assert (found.is_good, found.detail.message_id) == (True, "cli.check.meaning.off")


def test_on_says_whether_the_extra_is_there() -> None:
    found = check_meaning(SearchSettings())
    known = {True: "cli.check.meaning.good", False: "cli.check.meaning.absent"}
    assert (found.is_good, found.detail.message_id) == (True, known[is_installed()])
