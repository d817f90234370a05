"""Who suits a newcomer best, from what both show of themselves."""

from bot.ids import UserId
from bot.services.companion_match import MOST_NEWCOMERS, ranked, score, shared, traits_of
from bot.services.profile import Field, Filled

A, B, C = (UserId(f"@{name}:example.org") for name in "abc")
NEWCOMER = traits_of(
    [
        Filled(Field.SEEKS, "la facilitation, budgets participatifs", is_hidden=False),
        Filled(Field.WORLD, "public", is_hidden=False),
    ]
)


def test_shared_topics_are_told_in_the_newcomers_words() -> None:
    guide = traits_of([Filled(Field.OFFERS, "budget participatif", is_hidden=False)])
    assert shared(NEWCOMER, guide) == ("budgets participatifs",)


def test_what_is_hidden_does_not_count() -> None:
    hidden = traits_of([Filled(Field.TALENTS, "facilitation", is_hidden=True)])
    assert score(NEWCOMER, hidden, 0) == 0


def test_topics_come_before_another_world_and_load_weighs_as_much_as_a_topic() -> None:
    topic = traits_of([Filled(Field.TALENTS, "facilitation", is_hidden=False)])
    world = traits_of([Filled(Field.WORLD, "science", is_hidden=False)])
    assert ranked(NEWCOMER, {A: world, B: topic}, {}) == [B, A]
    assert ranked(NEWCOMER, {A: world, B: topic}, {B: 1}) == [A, B]


def test_equals_are_asked_by_load_and_nobody_too_often() -> None:
    nobody = traits_of([])
    loads = {A: 1, C: MOST_NEWCOMERS}
    assert ranked(NEWCOMER, {A: nobody, B: nobody, C: nobody}, loads) == [B, A]
