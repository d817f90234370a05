"""Form: a few questions asked one after the other, as a pure state machine.

Every field can be skipped; one can go back, put the rest off, stop, look at what was said, and
publish. Texts, storage and meaning belong to who uses it: ``step`` only says where one stands.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from bot.services.answer import Control, control

LONGEST = 4000
"""Characters of one answer that are kept: two pages."""


class State(StrEnum):
    """Being filled in, put off until later, stopped for good, or published."""

    OPEN = "open"
    LATER = "later"
    STOPPED = "stopped"
    DONE = "done"


class Effect(StrEnum):
    """What is to be said next: where the draft stands says which field it is about.

    ``UNCLEAR`` means that nothing changed: the text was no answer here. ``OVER``: the form has
    ended, and nothing can be answered any more.
    """

    ASK = "ask"
    SHOW = "show"
    PREVIEW = "preview"
    PUT_OFF = "put_off"
    STOP = "stop"
    PUBLISH = "publish"
    UNCLEAR = "unclear"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Form:
    """The names of the fields in the order in which they are asked for.

    In one of ``worded`` the words for yes and no are an answer like any other.
    """

    fields: tuple[str, ...]
    worded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Draft:
    """What was answered so far, which fields were left out, and where one stands.

    ``at`` is the position of a field; that after the last one is the preview.
    """

    at: int = 0
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    skipped: frozenset[str] = frozenset()
    state: State = State.OPEN


def current(form: Form, draft: Draft) -> str | None:
    """Return the field that is being asked for, or None at the preview."""
    return form.fields[draft.at] if draft.at < len(form.fields) else None


def step(form: Form, draft: Draft, text: str) -> tuple[Draft, Effect]:
    """Return the draft after ``text`` was said to it, and what is to be said next.

    Any text is taken. A field that has been answered or skipped is asked for again only by going
    back to it (``SHOW``); to skip there keeps what was answered. "No" is to have nothing to say.
    """
    if draft.state in (State.STOPPED, State.DONE):
        return draft, Effect.OVER
    draft = replace(draft, state=State.OPEN)
    said = control(text)
    if said is Control.STOP:
        return replace(draft, state=State.STOPPED), Effect.STOP
    if said is Control.LATER:
        return replace(draft, state=State.LATER), Effect.PUT_OFF
    if said is Control.BACK:
        return _shown(form, replace(draft, at=max(draft.at - 1, 0)))
    name = current(form, draft)
    return _preview_step(draft, said) if name is None else _field_step(form, draft, name, text)


def _preview_step(draft: Draft, said: Control | None) -> tuple[Draft, Effect]:
    if said is Control.PREVIEW:
        return draft, Effect.PREVIEW
    if said in (Control.YES, Control.PUBLISH):
        return replace(draft, state=State.DONE), Effect.PUBLISH
    return draft, Effect.UNCLEAR


def _field_step(form: Form, draft: Draft, name: str, text: str) -> tuple[Draft, Effect]:
    said = control(text)
    if said is None or (name in form.worded and said in (Control.YES, Control.NO)):
        return answered(form, draft, name, text)
    if said in (Control.SKIP, Control.NO):
        return _skipped(form, draft, name)
    if said is Control.PREVIEW:
        skipped = frozenset(form.fields) - set(draft.values)
        return replace(draft, at=len(form.fields), skipped=skipped), Effect.PREVIEW
    return draft, Effect.UNCLEAR


def answered(form: Form, draft: Draft, name: str, text: str) -> tuple[Draft, Effect]:
    """Return the draft with ``text`` as the answer to ``name``, and what is to be said next."""
    given = text.strip()[:LONGEST]
    if not given:
        return draft, Effect.UNCLEAR
    changed = corrected(draft, name, given)
    return onward(form, changed)


def onward(form: Form, draft: Draft) -> tuple[Draft, Effect]:
    """Return the draft at the first field that is neither answered nor skipped, or at its end."""
    return _shown(form, replace(draft, at=_first_open(form, draft)))


def corrected(draft: Draft, name: str, text: str | None) -> Draft:
    """Return the draft with another answer to ``name``, or without one; one stays where one is."""
    values = {key: value for key, value in draft.values.items() if key != name}
    given = (text or "").strip()[:LONGEST]
    if given:
        return replace(
            draft, values=MappingProxyType(values | {name: given}), skipped=draft.skipped - {name}
        )
    return replace(draft, values=MappingProxyType(values), skipped=draft.skipped | {name})


def dump(draft: Draft) -> str:
    """Return the draft as JSON, for the database."""
    return json.dumps(
        {
            "at": draft.at,
            "values": dict(draft.values),
            "skipped": sorted(draft.skipped),
            "state": draft.state,
        }
    )


def load(form: Form, text: str) -> Draft:
    """Return the draft that ``dump`` wrote; what the form does not ask for any more is left out."""
    raw = json.loads(text)
    names = set(form.fields)
    values = {key: str(value) for key, value in raw["values"].items() if key in names}
    draft = Draft(
        at=0,
        values=MappingProxyType(values),
        skipped=frozenset(raw["skipped"]) & names,
        state=State(raw["state"]),
    )
    at = min(int(raw["at"]), len(form.fields))
    return replace(draft, at=min(at, _first_open(form, draft)))


def _skipped(form: Form, draft: Draft, name: str) -> tuple[Draft, Effect]:
    if name in draft.values or name in draft.skipped:
        return _shown(form, replace(draft, at=draft.at + 1))
    changed = replace(draft, skipped=draft.skipped | {name})
    return onward(form, changed)


def _shown(form: Form, draft: Draft) -> tuple[Draft, Effect]:
    name = current(form, draft)
    if name is None:
        return draft, Effect.PREVIEW
    return draft, Effect.SHOW if name in draft.values else Effect.ASK


def _first_open(form: Form, draft: Draft) -> int:
    """Return the position of the first field that was neither answered nor skipped."""
    resolved = draft.skipped | set(draft.values)
    places = (index for index, name in enumerate(form.fields) if name not in resolved)
    return next(places, len(form.fields))
