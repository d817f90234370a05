"""The scenes of the story in which experiences are shared, found again, corrected, withdrawn."""

from bot.demo.script import Correct, Phrase, Say, Scene, TakeBack, Tell, same

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
