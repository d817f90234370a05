"""What the demo itself says, beside the story: titles, failures, and the help of the prompt."""

from bot.demo.script import Phrase

TITLE = Phrase(
    "Compagnon · une communauté de démonstration, sur cette machine seulement",
    "Compagnon · a demonstration community, on this machine only",
)
STARTING = Phrase(
    "Démarrage d'un serveur Matrix, du compagnon et de cinq membres…",
    "Starting a Matrix homeserver, the companion and five members…",
)
EDITS = Phrase("modifie", "edits")
TAKES_BACK = Phrase("supprime un message", "removes a message")
POWER_CUT = Phrase("kill -9 {pid}, puis redémarrage", "kill -9 {pid}, then started again")
EXPECTED = Phrase("attendu", "expected")
CAME = Phrase("reçu", "came")
NOTHING = Phrase("rien en {seconds:.0f} s", "nothing in {seconds:.0f} s")
ONE_ANSWER = Phrase("une seule réponse à « {words} »", 'a single answer to "{words}"')
NO_ANSWER = Phrase("le silence après « {words} »", 'silence after "{words}"')
DIRECT_ROOM = Phrase(
    "l'arrivée du compagnon dans un salon à deux", "the companion in a room of two"
)
TAKEN_BACK = Phrase("la réponse du compagnon supprimée", "the companion's answer removed")
ALL_SEALED = Phrase(
    "tout est chiffré en tête à tête, et se lit", "everything is encrypted face to face, and read"
)
COUNT = Phrase("{n} réponses", "{n} answers")
ALL_HAPPENED = Phrase(
    "Tout s'est passé comme prévu : {n} étapes, lues dans l'historique des salons.",
    "Everything happened as it should: {n} steps, read from the rooms' history.",
)
SOME_FAILED = Phrase(
    "Étapes qui ne se sont pas passées comme prévu : {n}. Les journaux : {path}",
    "Steps that did not happen as they should: {n}. The logs: {path}",
)
CONNECT = Phrase(
    "Pour entrer avec une application Matrix (Element…) :",
    "To come in with any Matrix client (Element…):",
)
SERVER = Phrase("serveur", "homeserver")
ACCOUNTS = Phrase("comptes", "accounts")
PASSWORD = Phrase("mot de passe", "password")
YOUR_TURN = Phrase(
    "À vous. Écrivez comme un membre ; /help pour les commandes, /quit pour finir.",
    "Your turn. Write as a member; /help for the commands, /quit to end.",
)
HELP = Phrase(
    """Ce que vous écrivez est dit dans le salon. Essayez !aide.
  /as NOM        devenir un autre membre ({people}), ou un nouveau venu
  /room SALON    aller dans un salon ({rooms})
  /dm            parler seul à seul avec le compagnon
  /reply TEXTE   répondre à votre dernier message (par exemple /reply !partage)
  /edit TEXTE    modifier votre dernier message
  /undo          supprimer votre dernier message
  /kill          couper le courant du compagnon (kill -9)
  /start         le rallumer
  /quit          finir""",
    """What you write is said in the room. Try !help.
  /as NAME       become another member ({people}), or a newcomer
  /room ROOM     go to a room ({rooms})
  /dm            speak with the companion alone
  /reply TEXT    reply to your last message (for example /reply !share)
  /edit TEXT     edit your last message
  /undo          remove your last message
  /kill          pull the companion's plug (kill -9)
  /start         start it again
  /quit          end""",
)
NO_SUCH_COMMAND = Phrase("Il n'y a pas de {name} ici. Voyez /help.", "No {name} here. See /help.")
NO_SUCH_ROOM = Phrase("Ces salons existent : {rooms}.", "There are these rooms: {rooms}.")
BAD_NAME = Phrase(
    "Un nom n'a que des lettres sans accent et des chiffres.",
    "A name has only plain letters and digits.",
)
NOTHING_SAID = Phrase("Vous n'avez encore rien dit ici.", "You have said nothing here yet.")
KILLED = Phrase(
    "Le compagnon est éteint. Écrivez-lui, puis /start.",
    "The companion is off. Write to it, then /start.",
)
STARTED = Phrase("Le compagnon est rallumé.", "The companion is on again.")
REFUSED = Phrase("Le serveur refuse : {error}", "The homeserver refuses: {error}")
FAILED = Phrase("Cela n'a pas marché : {error}", "That did not work: {error}")
GOODBYE = Phrase("Tout est éteint. À bientôt !", "Everything is off. Goodbye!")
