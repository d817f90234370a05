"""The demo's story: a few minutes in the life of a community of public-innovation practitioners."""

from bot.demo.script import Correct, Phrase, PowerCut, Say, Scene, TakeBack, Tell, Whisper, same

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

SHARING = Scene(
    Phrase("Une ligne suffit", "One line is enough"),
    (
        Say(
            "camille",
            "experiences",
            Phrase(
                "!partage Un dossier sur trois revient incomplet → une photo de chaque pièce "
                "demandée, à la place de la liste",
                "!share One file in three comes back incomplete → a photo of each required "
                "document, instead of the list",
            ),
            expects=same(r"\bE1\b"),
            label="camille-file",
        ),
        Say(
            "yann",
            "experiences",
            Phrase(
                "Les gens n'osaient pas poser leurs questions devant tout le monde. Nous ouvrons "
                "maintenant un quart d'heure plus tôt, sans guichet, avec du café. Ils parlent.",
                "People did not dare to ask their questions in front of everybody. Now we open a "
                "quarter of an hour earlier, no desk, with coffee. They talk.",
            ),
            label="yann-coffee",
        ),
        Tell(
            Phrase(
                "Yann répond à son propre message : pas besoin de l'écrire deux fois.",
                "Yann replies to his own message: no need to write it twice.",
            )
        ),
        Say(
            "yann",
            "experiences",
            Phrase("!partage", "!share"),
            expects=same(r"\bE2\b"),
            reply_to="yann-coffee",
        ),
        Say(
            "noura",
            "experiences",
            Phrase(
                "!partage En réunion, ce sont toujours les mêmes qui parlent → deux minutes "
                "d'écriture en silence avant le tour de table",
                "!share In meetings the same people always speak → two minutes of writing in "
                "silence before going round the table",
            ),
            expects=same(r"\bE3\b"),
        ),
    ),
)

FINDING = Scene(
    Phrase("Retrouver", "Finding again"),
    (
        Tell(
            Phrase(
                "Sans accents, au pluriel, sur un téléphone : on retrouve quand même.",
                "In the plural, in another form, on a phone: it is found all the same.",
            )
        ),
        Say(
            "jo",
            "experiences",
            Phrase("!cherche dossiers pieces demandees", "!search files documents require"),
            expects=same(r"\bE1\b"),
        ),
        Say(
            "jo",
            "experiences",
            same("!exp E1"),
            expects=Phrase("une photo de chaque pièce", "a photo of each required"),
        ),
        Say(
            "jo",
            "experiences",
            Phrase("!chreche café", "!saerch coffee"),
            expects=Phrase("!cherche", "!search"),
        ),
        Say(
            "jo", "experiences", Phrase("!cherche café", "!search coffee"), expects=same(r"\bE2\b")
        ),
    ),
)

CORRECTING = Scene(
    Phrase("Se corriger, se raviser", "Correcting, changing one's mind"),
    (
        Tell(
            Phrase(
                "Camille modifie son message : l'expérience garde son numéro.",
                "Camille edits her message: the experience keeps its number.",
            )
        ),
        Correct(
            "camille-file",
            Phrase(
                "!partage Un dossier sur trois revient incomplet → une photo de chaque pièce "
                "demandée, affichée aussi dans la salle d'attente",
                "!share One file in three comes back incomplete → a photo of each required "
                "document, on the wall of the waiting room too",
            ),
            expects=same(r"\bE1\b"),
        ),
        Say(
            "noura",
            "experiences",
            same("!exp e1"),
            expects=Phrase("salle d'attente", "waiting room"),
        ),
        Say(
            "yann",
            "experiences",
            Phrase(
                "!partage Le local est souvent fermé → demander la clé à madame Le Goff, au 3e",
                "!share The room is often locked → ask Mrs Le Goff on the 3rd floor for the key",
            ),
            expects=same(r"\bE4\b"),
            label="yann-key",
        ),
        Tell(
            Phrase(
                "Un nom de personne : Yann supprime son message, l'expérience disparaît avec lui.",
                "Somebody's name: Yann removes his message, and the experience goes with it.",
            )
        ),
        TakeBack("yann-key"),
        Say("yann", "experiences", same("!exp E4"), expects=same("(?s)^(?!.*Le Goff)")),
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
                "À deux, plus besoin de point d'exclamation.",
                "Between two, no exclamation mark is needed.",
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

STORY = (ARRIVAL, SHARING, FINDING, CORRECTING, EACH_THEIR_OWN, ALONE, POWER_CUT)
