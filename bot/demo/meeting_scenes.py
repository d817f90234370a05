"""The scenes of the story in which people meet: a date that everybody answers, and a newcomer."""

from bot.demo.script import Phrase, Say, Scene, Tell, same

MEETING = Scene(
    Phrase("Se retrouver", "Meeting"),
    (
        Say(
            "ines",
            "welcome",
            Phrase(
                "!rdv Café des praticiens | jeudi 12h30-13h30 | Lyon, Le Tuba | "
                "Chacun apporte une question",
                "!event Practitioners' coffee | thursday 12:30-13:30 | Lyon, Le Tuba | "
                "Everyone brings a question",
            ),
            expects=same(r"\bC1\b"),
            is_reply=False,
        ),
        Tell(
            Phrase(
                "Un pouce suffit pour répondre ; on peut aussi l'écrire.",
                "A thumb is enough to answer; it can also be typed.",
            )
        ),
        Say(
            "camille",
            "welcome",
            Phrase("!participe C1", "!going C1"),
            expects=Phrase("Café", "coffee"),
        ),
        Say("noura", "welcome", same("!agenda"), expects=same(r"\bC1\b")),
    ),
)

ARRIVING = Scene(
    Phrase("Faire connaissance", "Getting to know each other"),
    (
        Tell(
            Phrase(
                "Trois questions, en privé, et chacune peut être passée.",
                "Three questions, in private, and each may be skipped.",
            )
        ),
        Say(
            "jo",
            "dm",
            Phrase("commencer", "start"),
            expects=Phrase("(?i)travaillez", "(?i)work"),
            is_reply=False,
        ),
        Say(
            "jo",
            "dm",
            Phrase(
                "à la mairie de Saint-Ours, au guichet", "town hall of Saint-Ours, public action"
            ),
            expects=Phrase("(?i)cherche", "(?i)looking"),
            is_reply=False,
        ),
        Say(
            "jo",
            "dm",
            Phrase("des idées pour accueillir les habitants", "ideas for welcoming people"),
            expects=Phrase("(?i)apporter|offrir|proposer", "(?i)offer"),
            is_reply=False,
        ),
        Say(
            "jo",
            "dm",
            Phrase("passer", "skip"),
            expects=same("Saint-Ours"),
            is_reply=False,
        ),
    ),
)
