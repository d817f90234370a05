"""Who and where: the people, the bot and the rooms of the demo's community."""

from bot.demo.script import Person, Phrase, Place, same

COMMUNITY = Phrase("Les praticiens", "The practitioners")

BOT = Person("compagnon", same("Compagnon"), "green")

ANIMATOR = Person("ines", Phrase("Inès, animatrice", "Inès, animator"), "magenta")

PEOPLE = (
    ANIMATOR,
    Person("camille", Phrase("Camille, mairie", "Camille, town hall"), "cyan"),
    Person("noura", Phrase("Noura, labo de la région", "Noura, regional lab"), "yellow"),
    Person("yann", Phrase("Yann, association", "Yann, charity"), "blue"),
    Person("jo", Phrase("Jo, qui arrive", "Jo, newcomer"), "bright_red"),
)

WELCOME = Place(
    "welcome",
    Phrase("accueil", "welcome"),
    Phrase("Accueil", "Welcome"),
    Phrase("On se présente, on s'entraide.", "We introduce ourselves, we help each other."),
)
EXPERIENCES = Place(
    "experiences",
    Phrase("retours-d-experience", "experiences"),
    Phrase("Retours d'expérience", "Experiences"),
    Phrase(
        "Un problème, une solution, même petite.",
        "A problem, a solution, however small.",
    ),
)
ANIMATION = Place(
    "animation",
    same("animation"),
    Phrase("Animation", "Animators"),
    Phrase("Entre animatrices et animateurs.", "Among animators."),
    is_public=False,
)
PLACES = (WELCOME, EXPERIENCES, ANIMATION)
