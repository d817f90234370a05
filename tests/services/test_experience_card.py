"""A card reads well on a telephone, in plain text and in HTML, in both languages."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.ids import EventId, RoomId, UserId
from bot.services.experience_card import Facts, Manner, card, line
from bot.storage.experience import Experience
from bot.text.allow_list import sanitise
from tests.scene import CATALOGUE

GOLDEN = Path(__file__).parent.parent / "golden"
NOW = datetime(2026, 3, 24, 13, 0, tzinfo=UTC)
SHORT = Experience(
    RoomId("!a:x"), UserId("@jo:x"), EventId("$e"), NOW, "Trop long", "une affiche", id=1
)
FULL = Experience(
    room_id=RoomId("!a:x"),
    author=UserId("@jo:x"),
    source_event_id=EventId("$f"),
    created_at=NOW,
    id=12,
    title="Le règlement dessiné",
    problem="Personne ne lit le règlement intérieur, et l’accueil répond dix fois par jour.",
    solution="Une page dessinée, affichée à l’accueil.",
    context="Une mairie de 8 000 habitants.",
    how="Un atelier de deux heures avec trois agents,\npuis une illustratrice.",
    result="Moitié moins de questions.",
    learned="Montrer le brouillon aux habitants plus tôt.",
    conditions="Un élu qui soutient.",
    to_adapt="La durée de l’atelier.",
    means="Deux jours, 600 €.",
    contact="accueil@example.org",
    world="public",
    place="Lyon",
    given_tags="accueil dessin",
    visibility="community",
    parent_id=3,
    status="adapted",
    status_at=NOW,
    status_reason="Deux pages au lieu d’une.",
)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_cards_are_as_they_were_read_by_a_person(
    language: str, request: pytest.FixtureRequest
) -> None:
    manner = Manner(language, ZoneInfo("Europe/Paris"), "Jo <b>Martin</b>")
    shown = [
        card(CATALOGUE, SHORT, Facts(), manner, NOW),
        card(CATALOGUE, FULL, Facts(2, 5), manner, NOW),
        line(CATALOGUE, FULL, Facts(2, 5), manner, NOW),
    ]
    actual = "\n\n=====\n\n".join(f"{text.body}\n\n-----\n\n{text.html}" for text in shown) + "\n"
    path = GOLDEN / f"experience.card.{language}.txt"
    if request.config.getoption("--golden"):
        path.write_text(actual, encoding="utf-8")
    assert actual == path.read_text(encoding="utf-8")
    for text in shown:
        assert sanitise(text.html) == text.html
        assert text.people == {UserId("@jo:x")}


def test_problem_and_solution_come_before_anything_else_is_told() -> None:
    manner = Manner("fr", ZoneInfo("Europe/Paris"), "Jo")
    body = card(CATALOGUE, FULL, Facts(), manner, NOW).body

    order = [body.index(word) for word in ("Problème", "Solution", "Contexte", "Par Jo", "Lyon")]
    assert order == sorted(order)
