"""Finds a time zone from what people call it: a city, a territory, an IANA name."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.when.lexicon import match_words
from bot.when.tokens import Token, fold, tokenize

_CONTINENTS = {"Africa", "America", "Asia", "Atlantic", "Europe", "Indian", "Pacific"}
"""Areas whose second part is the name of a city; in the others it may be "North" or "EST5"."""

_OTHER_NAMES: Mapping[str, str] = {
    "Africa/Abidjan": "abidjan|dakar|cote d ivoire|senegal",
    "Africa/Algiers": "alger|algerie",
    "Indian/Antananarivo": "tananarive|madagascar",
    "Africa/Cairo": "le caire",
    "Africa/Casablanca": "rabat|maroc",
    "Africa/Douala": "yaounde|cameroun",
    "Africa/Tunis": "tunisie",
    "America/Cayenne": "guyane",
    "America/Chicago": "la nouvelle orleans",
    "America/Guadeloupe": "pointe a pitre|basse terre",
    "America/Martinique": "fort de france",
    "America/Mexico_City": "mexico",
    "America/Miquelon": "saint pierre et miquelon|st pierre et miquelon",
    "America/New_York": "washington|boston",
    "America/Toronto": "montreal|quebec|ottawa|gatineau|sherbrooke",
    "Asia/Beirut": "beyrouth|liban",
    "Asia/Ho_Chi_Minh": "hanoi|saigon",
    "Asia/Jerusalem": "jerusalem",
    "Asia/Kolkata": "delhi|new delhi|mumbai|bombay|calcutta|pondichery",
    "Asia/Shanghai": "pekin|beijing",
    "Asia/Singapore": "singapour",
    "Asia/Tokyo": "kyoto|osaka|japon",
    "Australia/Sydney": "sydney|canberra",
    "Australia/Melbourne": "melbourne",
    "Europe/Athens": "athenes|grece",
    "Europe/Brussels": "bruxelles|liege|namur|belgique",
    "Europe/Bucharest": "bucarest|roumanie",
    "Europe/Copenhagen": "copenhague",
    "Europe/Kyiv": "kiev",
    "Europe/Lisbon": "lisbonne",
    "Europe/London": "londres|edimbourg|edinburgh",
    "Europe/Luxembourg": "luxembourg",
    "Europe/Madrid": "barcelone|barcelona|espagne",
    "Europe/Moscow": "moscou",
    "Europe/Paris": "france|lyon|marseille|toulouse|nantes|strasbourg|montpellier|bordeaux"
    "|lille|rennes|grenoble|francaise|metropole|ajaccio|bastia",
    "Europe/Rome": "italie|milan",
    "Europe/Vienna": "vienne",
    "Europe/Warsaw": "varsovie|pologne",
    "Europe/Zurich": "geneve|geneva|lausanne|berne|bern|suisse",
    "Indian/Mauritius": "port louis|maurice|l ile maurice",
    "Indian/Mayotte": "mamoudzou",
    "Indian/Reunion": "la reunion",
    "Pacific/Noumea": "nouvelle caledonie",
    "Pacific/Tahiti": "papeete",
    "Pacific/Wallis": "mata utu|wallis et futuna",
    "UTC": "utc|gmt",
}
"""What the IANA database does not say: French names, overseas territories, big cities."""


def find_zone(name: str) -> ZoneInfo | None:
    """Return the zone of ``Europe/Paris``, ``montréal`` or ``La Réunion``; None when unknown.

    Case, accents and hyphens do not matter.
    """
    key = iana_names().get(name.strip().casefold())
    if key is None:
        tokens = tokenize(name)
        key = next((zone for zone, end in read_place(tokens, 0) if end == len(tokens)), None)
    return None if key is None else ZoneInfo(key)


def zone_named(name: str | None) -> ZoneInfo | None:
    """Return the zone of exactly this IANA name, or None if there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None  # profiles hold whatever a client wrote


def read_place(tokens: Sequence[Token], position: int) -> Iterator[tuple[str, int]]:
    """Yield the IANA name of each place named here, with the position after it."""
    if position < len(tokens):
        token = tokens[position]
        if token.shape == "iana" and token.text in iana_names():
            yield iana_names()[token.text], position + 1
        for words, zone in _places().get(token.text, ()):
            end = match_words(words, tokens, position)
            if end is not None:
                yield zone, end


@cache
def iana_names() -> Mapping[str, str]:
    """Return every name of the IANA database, by the same in lower case."""
    names = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return {name.casefold(): name for name in names}


@cache
def _places() -> Mapping[str, Sequence[tuple[tuple[str, ...], str]]]:
    """Return the places by their first word, each with its words and its IANA name."""
    places: dict[tuple[str, ...], str] = {}
    for name in iana_names().values():
        area, _, city = name.partition("/")
        if area in _CONTINENTS and "/" not in city:
            places[tuple(fold(city).replace("-", "_").split("_"))] = name
    for zone, names in _OTHER_NAMES.items():
        if zone.casefold() in iana_names():  # an older database may not have it
            places |= {tuple(other.split()): zone for other in names.split("|")}
    by_word: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for words, zone in places.items():
        by_word.setdefault(words[0], []).append((words, zone))
    return by_word
