"""The French words of dates, spelled without accents as `tokens.fold` leaves them."""

from collections.abc import Mapping

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_SMALL = (
    *("zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    *("onze", "douze", "treize", "quatorze", "quinze", "seize", "dix sept", "dix huit", "dix neuf"),
)
_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante"}
_NUMBERS = (
    {word: value for value, word in enumerate(_SMALL)}
    | {word: ten for ten, word in _TENS.items()}
    | {f"{word} et un": ten + 1 for ten, word in _TENS.items()}
    | {f"{word} {_SMALL[unit]}": ten + unit for ten, word in _TENS.items() for unit in range(2, 10)}
    | {"une": 1, "vingt et une": 21}
)
_ORDINALS = {
    "premier": 1,
    "premiere": 1,
    "deuxieme": 2,
    "second": 2,
    "seconde": 2,
    "troisieme": 3,
    "quatrieme": 4,
    "cinquieme": 5,
    "dernier": -1,
    "derniere": -1,
    "avant dernier": -2,
    "l avant dernier": -2,
}


def _same(*expressions: str, value: int = 0) -> dict[str, int]:
    """Return expressions that all stand for one value."""
    return dict.fromkeys(expressions, value)


WORDS: Mapping[str, Mapping[str, int]] = {
    "weekday": {word: day for day, word in enumerate(WEEKDAYS)},
    "weekdays": {word + "s": day for day, word in enumerate(WEEKDAYS)},
    "weekday_short": {word[:3]: day for day, word in enumerate(WEEKDAYS)},
    "month": {word: number for number, word in enumerate(MONTHS, 1)}
    | {"janv": 1, "fev": 2, "fevr": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11}
    | {"dec": 12},
    "word_number": _NUMBERS,
    "ordinal_word": _ORDINALS | {f"{word}s": value for word, value in _ORDINALS.items()},
    "ordinal_suffix": _same("er", "re", "e", "eme", "ieme", "nd", "nde"),
    # days
    "the": _same("le"),
    "this": _same("ce"),
    "next": _same("prochain", "prochaine"),
    "offset": {"aujourd hui": 0, "aujourdhui": 0, "demain": 1, "apres demain": 2}
    | {"hier": -1, "avant hier": -2},
    "this_part": {
        "ce matin": 0,
        "cet apres midi": 1,
        "cette apres midi": 1,
        "cet aprem": 1,
        "ce soir": 2,
    }
    | {"ce midi": 4},
    "in_eight": {"en huit": 7, "en 8": 7, "en quinze": 14, "en 15": 14},
    "next_week": _same("la semaine prochaine", "semaine prochaine"),
    "of_next_week": _same("de la semaine prochaine", "la semaine prochaine", "semaine prochaine"),
    "of_next_month": _same("du mois prochain"),
    "this_weekend": _same("ce week end", "ce weekend"),
    "of": _same("de", "d", "du mois de", "du mois d"),
    # hours
    "at": _same("a"),
    "bare_at": _same("a"),
    "h": _same("h", "heure", "heures"),
    "and_half": _same("et demie", "et demi"),
    "and_quarter": _same("et quart"),
    "minus": _same("moins"),
    "minus_quarter": _same("moins le quart", "moins quart"),
    "noon": _same("midi"),
    "midnight": _same("minuit"),
    "part": _same("matin", "du matin", value=0)
    | _same("apres midi", "aprem", "de l apres midi", value=1)
    | _same("soir", "du soir", value=2),
    # lengths
    "in": _same("dans", "d ici"),
    "for": _same("pendant", "durant"),
    "and": _same("et"),
    "hour_unit": _same("h", "heure", "heures"),
    "minute_unit": _same("min", "mn", "minute", "minutes"),
    # "dans huit jours" and "dans quinze jours" often mean one and two weeks: 1 marks the idiom
    "day_unit": _same("jour", "jours", "j", value=1),
    "week_unit": _same("semaine", "semaines"),
    "month_unit": _same("mois"),
    "year_unit": _same("an", "ans", "annee", "annees"),
    "some_minutes": {"une demi heure": 30, "demi heure": 30, "une demie heure": 30}
    | {"un quart d heure": 15, "trois quarts d heure": 45},
    # ranges
    "from": _same("de"),
    "to": _same("a", "jusqu a"),
    "day_from": _same("du", "de"),
    "day_to": _same("au", "a", "jusqu au"),
    # recurrences
    "every": _same("chaque", "tous les", "toutes les", "tout les"),
    "les": _same("les"),
    "the_plural": _same("les"),
    "out_of": _same("sur"),
    "working_day": _same("jour ouvre", "jours ouvres", "jour de semaine", "jours de semaine"),
    "on_weekdays": _same("en semaine"),
    "parts": {"matin": 0, "matins": 0, "apres midi": 1, "apres midis": 1, "soir": 2, "soirs": 2},
    "of_month": _same("du mois", "de chaque mois", "de tous les mois"),
    "of_year": _same("de chaque annee", "chaque annee", "tous les ans"),
    "starting_from": _same("a partir du", "a partir de", "a compter du", "des le"),
    "until_the": _same("jusqu au", "jusqu a"),
    "times": _same("fois"),
    # zones
    "time_of": _same("heure de", "heure d", "heure du", "heure de la", "heure des", "heure")
    | _same("a l heure de"),
    # never part of a phrase, but what follows a date and changes it: `split` stops there
    "alien": _same("passe", "passee", "sauf", "environ", "vers", "avant", "apres", "ou")
    | _same("dernier", "derniere"),
}
