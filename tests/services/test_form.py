"""Guided forms: every field once, back and forth, put off, stopped, shown and published."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.services import form
from bot.services.answer import control
from bot.services.form import Draft, Effect, Form, State

FORM = Form(("where", "seeks", "offers"), worded=frozenset({"offers"}))


def walk(*said: str) -> tuple[Draft, list[Effect]]:
    """Say one thing after the other to a new draft; return it, and what was to be said next."""
    draft, effects = Draft(), []
    for text in said:
        draft, effect = form.step(FORM, draft, text)
        effects.append(effect)
    return draft, effects


def test_form_is_filled_in_and_published() -> None:
    draft, effects = walk("Lyon", "ideas", "time", "yes")

    assert effects == [Effect.ASK, Effect.ASK, Effect.PREVIEW, Effect.PUBLISH]
    assert dict(draft.values) == {"where": "Lyon", "seeks": "ideas", "offers": "time"}
    assert draft.state is State.DONE


@pytest.mark.parametrize(
    ("said", "at", "last"),
    [
        (["skip", "passer", "⏭"], 3, Effect.PREVIEW),
        (["non"], 1, Effect.ASK),
        (["yes"], 0, Effect.UNCLEAR),
        (["   "], 0, Effect.UNCLEAR),
        (["back"], 0, Effect.ASK),
        (["Lyon", "back"], 0, Effect.SHOW),
        (["Lyon", "back", "skip"], 1, Effect.ASK),
        (["Lyon", "back", "Paris"], 1, Effect.ASK),
        (["Lyon", "ideas", "back", "back", "Paris"], 2, Effect.ASK),
        (["Lyon", "aperçu"], 3, Effect.PREVIEW),
        (["aperçu", "aperçu"], 3, Effect.PREVIEW),
        (["aperçu", "Lyon"], 3, Effect.UNCLEAR),
        (["aperçu", "retour"], 2, Effect.ASK),
        (["skip", "skip", "no"], 3, Effect.PREVIEW),
        (["Lyon", "later"], 1, Effect.PUT_OFF),
        (["later", "Lyon"], 1, Effect.ASK),
        (["Lyon", "stop"], 1, Effect.STOP),
        (["stop", "Lyon"], 0, Effect.OVER),
    ],
)
def test_form_is_where_it_should_be(said: list[str], at: int, last: Effect) -> None:
    draft, effects = walk(*said)
    assert (draft.at, effects[-1]) == (at, last)


def test_words_for_yes_and_no_can_be_an_answer() -> None:
    draft, _ = walk("skip", "skip", "no")
    assert dict(draft.values) == {"offers": "no"}


def test_skipping_what_was_answered_keeps_it() -> None:
    draft, _ = walk("Lyon", "back", "skip")
    assert dict(draft.values) == {"where": "Lyon"}


def test_correction_changes_nothing_else() -> None:
    draft, _ = walk("Lyon", "ideas")
    changed = form.corrected(draft, "where", "Paris")
    assert (dict(changed.values), changed.at) == ({"where": "Paris", "seeks": "ideas"}, 2)

    emptied = form.corrected(changed, "where", None)
    assert (dict(emptied.values), emptied.at) == ({"seeks": "ideas"}, 2)
    assert form.load(FORM, form.dump(emptied)) == emptied


def test_draft_of_another_form_is_read_as_far_as_it_goes() -> None:
    draft, _ = walk("Lyon", "ideas")
    other = Form(("name", "where"))

    read = form.load(other, form.dump(draft))

    assert (dict(read.values), read.at) == ({"where": "Lyon"}, 0)


SAID = st.one_of(
    st.sampled_from(["yes", "no", "skip", "later", "stop", "back", "preview", "publish"]),
    st.sampled_from(["Oui", "passer", "plus tard", "arrêter", "retour", "aperçu", "publier", "⏭"]),
    st.text(max_size=40),
)


@given(st.lists(SAID, max_size=30))
def test_any_text_is_taken_and_survives_the_database(said: list[str]) -> None:
    draft, _ = walk(*said)
    assert form.load(FORM, form.dump(draft)) == draft


@given(st.lists(SAID, max_size=20))
def test_back_and_forward_again_changes_nothing(said: list[str]) -> None:
    draft, _ = walk(*said)
    there, effect = form.step(FORM, draft, "back")
    if effect is Effect.OVER or draft.at == 0:
        return
    again, _ = form.step(FORM, there, "skip")
    assert (again.values, again.skipped, again.at) == (draft.values, draft.skipped, draft.at)


@given(st.lists(SAID, max_size=20))
def test_form_ends_whatever_was_said_before(said: list[str]) -> None:
    draft, _ = walk(*said)
    for _ in FORM.fields:
        draft, _ = form.step(FORM, draft, "skip")
    draft, _ = form.step(FORM, draft, "yes")
    assert draft.state in (State.DONE, State.STOPPED)


class FormMachine(RuleBasedStateMachine):
    """Somebody says anything in any order, on any device, in either language."""

    def __init__(self) -> None:
        super().__init__()
        self.draft = Draft()
        self.effect = Effect.ASK
        self.answered: set[str] = set()

    def say(self, text: str) -> None:
        before = self.draft
        name = form.current(FORM, before)
        self.draft, self.effect = form.step(FORM, before, text)
        # What is stored and read again is the same: a restart at any point changes nothing.
        self.draft = form.load(FORM, form.dump(self.draft))
        if name is not None and name in self.draft.values:
            self.answered.add(name)

    @rule(text=SAID.filter(lambda text: control(text) is None))
    def answer(self, text: str) -> None:
        self.say(text)
        if self.effect is Effect.ASK:
            assert form.current(FORM, self.draft) not in self.answered

    @rule(text=st.sampled_from(["skip", "suivant", "⏭", "passe"]))
    def skip(self, text: str) -> None:
        self.say(text)

    @rule(text=st.sampled_from(["back", "retour", "↩"]))
    def back(self, text: str) -> None:
        before = self.draft
        self.say(text)
        if before.state in (State.OPEN, State.LATER):
            assert self.draft.at == max(before.at - 1, 0)

    @rule(text=st.sampled_from(["later", "plus tard", "🕐"]))
    def later(self, text: str) -> None:
        self.say(text)

    @rule(text=st.sampled_from(["preview", "fini"]))
    def preview(self, text: str) -> None:
        self.say(text)

    @precondition(lambda self: self.draft.at == len(FORM.fields))
    @rule(text=st.sampled_from(["publish", "oui"]))
    def publish(self, text: str) -> None:
        self.say(text)
        assert self.draft.state in (State.DONE, State.STOPPED)

    @rule(text=st.sampled_from(["stop", "arrêter"]), is_meant=st.integers(0, 9))
    def stop(self, text: str, is_meant: int) -> None:
        if is_meant == 0:
            self.say(text)
            assert self.effect in (Effect.STOP, Effect.OVER)

    @rule(text=st.text(max_size=200))
    def anything(self, text: str) -> None:
        self.say(text)

    @invariant()
    def stands_somewhere(self) -> None:
        assert 0 <= self.draft.at <= len(FORM.fields)
        assert not self.draft.skipped & set(self.draft.values)

    @invariant()
    def nothing_before_is_open(self) -> None:
        resolved = self.draft.skipped | set(self.draft.values)
        assert set(FORM.fields[: self.draft.at]) <= resolved

    @invariant()
    def keeps_every_answer(self) -> None:
        assert self.answered <= set(self.draft.values)


FormMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
TestFormMachine = FormMachine.TestCase
