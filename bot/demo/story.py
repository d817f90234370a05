"""The demo's story: a few minutes in the life of a community of public-innovation practitioners."""

from bot.demo.experience_scenes import CORRECTING, FINDING, SHARING
from bot.demo.meeting_scenes import ARRIVING, MEETING
from bot.demo.script import Phrase, PowerCut, Say, Scene, Tell, Whisper, same

ARRIVAL = Scene(
    Phrase("Jo arrive", "Jo arrives"),
    (
        Say(
            "ines",
            "welcome",
            Phrase(
                "Bienvenue Jo ! Ici, chacun raconte les problèmes qu'il rencontre et les petites "
                "solutions qu'il trouve. Compagnon les note quand on le lui demande, et les "
                "retrouve pour nous.",
                "Welcome Jo! Here everyone tells the problems they meet and the small solutions "
                "they find. Compagnon writes them down when asked, and finds them again for us.",
            ),
        ),
        Say(
            "jo",
            "welcome",
            Phrase(
                "Bonjour ! Je commence lundi au guichet d'une commune de 4 000 habitants. "
                "Je ne sais pas encore par où commencer.",
                "Hello! On Monday I start at the front desk of a town of 4,000. "
                "I do not know yet where to begin.",
            ),
        ),
        Tell(
            Phrase(
                "Personne ne s'adresse au compagnon : il se tait, et ne garde rien.",
                "Nobody is speaking to the companion: it keeps silent, and keeps nothing.",
            )
        ),
        Say("jo", "welcome", Phrase("!aide", "!help"), expects=Phrase("!partage", "!share")),
    ),
)

EACH_THEIR_OWN = Scene(
    Phrase("À chacun sa langue, à chacun son rôle", "To each their language, to each their role"),
    (
        Say(
            "jo",
            "welcome",
            Phrase("!langue en", "!lang fr"),
            expects=Phrase("(?i)english", "(?i)français"),
        ),
        Say(
            "jo",
            "welcome",
            Phrase("!aide partage", "!help share"),
            expects=Phrase("!share", "!partage"),
        ),
        Say(
            "jo",
            "welcome",
            Phrase("!lang fr", "!langue en"),
            expects=Phrase("(?i)français", "(?i)english"),
        ),
        Say(
            "noura",
            "welcome",
            Phrase("!réglages ack reaction", "!settings ack reaction"),
            expects=same("(?i)anim"),
        ),
        Say(
            "ines",
            "welcome",
            Phrase("!réglages", "!settings"),
            expects=Phrase("(?i)langue", "(?i)language"),
        ),
        Tell(
            Phrase(
                "On peut aussi l'appeler par son nom, comme une personne.",
                "It can also be called by its name, like a person.",
            )
        ),
        Say(
            "camille",
            "experiences",
            Phrase("compagnon, cherche silence", "compagnon, search silence"),
            expects=same(r"\bE3\b"),
        ),
    ),
)

ALONE = Scene(
    Phrase("En tête à tête", "Face to face"),
    (
        Whisper("jo"),
        Tell(
            Phrase(
                "À deux, plus besoin de point d'exclamation. Et tout est chiffré : le serveur "
                "lui-même ne peut pas lire.",
                "Between two, no exclamation mark is needed. And everything is encrypted: the "
                "homeserver itself cannot read it.",
            )
        ),
        Say("jo", "dm", Phrase("cherche réunion", "search meeting"), expects=same(r"\bE3\b")),
        Say(
            "jo",
            "dm",
            Phrase(
                "rappel lundi 12h remercier Camille pour les photos",
                "remind me monday 12h thank Camille for the photos",
            ),
            expects=same(r"\bR1\b"),
        ),
    ),
)

POWER_CUT = Scene(
    Phrase("On coupe le courant", "Pulling the plug"),
    (
        Tell(
            Phrase(
                "Le compagnon est tué (kill -9) entre la commande de Noura et sa réponse.",
                "The companion is killed (kill -9) between Noura's command and its answer.",
            )
        ),
        PowerCut(
            Say(
                "noura",
                "experiences",
                Phrase(
                    "!partage Personne ne lit nos comptes rendus → une minute de message vocal, "
                    "le jour même",
                    "!share Nobody reads our minutes → a voice message of one minute, the same day",
                ),
                expects=same(r"\bE5\b"),
            )
        ),
        Tell(
            Phrase(
                "Rallumé, il répond à ce qui l'attendait : une fois, et une seule.",
                "Started again, it answers what was waiting: once, and only once.",
            )
        ),
        Say(
            "noura",
            "experiences",
            Phrase("!cherche message vocal", "!search voice message"),
            expects=same(r"\bE5\b"),
        ),
    ),
)

STORY = (
    ARRIVAL,
    SHARING,
    FINDING,
    CORRECTING,
    MEETING,
    EACH_THEIR_OWN,
    ALONE,
    ARRIVING,
    POWER_CUT,
)
