"""Time zones by the names that people give them."""

from zoneinfo import ZoneInfo

import pytest

from bot.when import find_zone
from bot.when.zone import _OTHER_NAMES, iana_names


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Montréal", "America/Toronto"),
        ("montreal", "America/Toronto"),
        ("Paris", "Europe/Paris"),
        ("La Réunion", "Indian/Reunion"),
        ("Bruxelles", "Europe/Brussels"),
        ("Londres", "Europe/London"),
        ("New York", "America/New_York"),
        ("Nouméa", "Pacific/Noumea"),
        ("Cayenne", "America/Cayenne"),
        ("Fort-de-France", "America/Martinique"),
        ("fort de france", "America/Martinique"),
        ("Papeete", "Pacific/Tahiti"),
        ("Genève", "Europe/Zurich"),
        ("Port-au-Prince", "America/Port-au-Prince"),
        ("utc", "UTC"),
    ],
)
def test_zone_is_found_by_its_names(name: str, zone: str) -> None:
    assert find_zone(name) == ZoneInfo(zone)


@pytest.mark.parametrize(
    "name", ["", "Trifouillis", "Europe/Pariss", "../etc/passwd", "EST5", "x" * 999]
)
def test_unknown_zone_is_none(name: str) -> None:
    assert find_zone(name) is None


def test_every_name_of_the_table_is_a_zone() -> None:
    assert all(ZoneInfo(zone) for zone in _OTHER_NAMES)
    assert all(find_zone(name) for names in _OTHER_NAMES.values() for name in names.split("|"))


def test_every_iana_name_is_found() -> None:
    assert all(find_zone(name) == ZoneInfo(name) for name in iana_names().values())
