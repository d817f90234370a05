"""Speech: what the bot says during an onboarding, put together from the catalogue."""

from collections.abc import Mapping, Sequence

from bot.services import privacy
from bot.services.form import Draft
from bot.services.onboarding.journey import HELLO, WORLDS, Topic, field_of
from bot.services.onboarding.talk import Talk, Voice
from bot.services.profile import Field
from bot.text import Text, bullets, lines, paragraphs

BUTTONS: Mapping[str, Sequence[str]] = {
    HELLO: ("✅", "🕐", "⏹"),
    Field.WORLD: tuple(WORLDS),
}
"""The reactions that are put on a question; on any other it is ⏭ alone."""


def introduction(voice: Voice, own: str | None, *, is_newcomer: bool) -> Text:
    """Return who the community is, in its own words if it has any."""
    hello = voice.text("onboarding.welcome" if is_newcomer else "onboarding.gladly")
    us = own if own is not None else voice.text("onboarding.introduction")
    return paragraphs([hello, voice.text("onboarding.us", text=us), voice.text("onboarding.bot")])


def notice(voice: Voice) -> Text:
    """Return how the bot deals with what is told to it, in three lines."""
    controller = voice.controller or voice.community
    return paragraphs(
        [
            voice.text("privacy.notice", controller=controller, version=privacy.VERSION),
            voice.text("privacy.kept"),
            voice.text("privacy.rights"),
        ]
    )


async def ask(talk: Talk, topics: Sequence[Topic], key: str, draft: Draft, *, lead: str) -> None:
    """Ask what ``key`` names, after the sentence with the message id ``lead`` if there is one."""
    parts = [talk.voice.text(lead)] if lead else []
    parts += [_question(talk.voice, topics, key, draft)]
    if key != HELLO:
        is_first = bool(lead) or key == topics[0].key
        parts.append(talk.voice.text("onboarding.ways" if is_first else "onboarding.way"))
    offers = BUTTONS.get(key, ("⏭",))
    await talk.ask(key, paragraphs(parts), offers=offers)


def _question(voice: Voice, topics: Sequence[Topic], key: str, draft: Draft) -> Text:
    if key == HELLO:
        return voice.text("onboarding.hello", n=len(topics))
    known = draft.values.get(key)
    if key == Field.WORLD:
        asked = voice.text("onboarding.ask_world")
    else:
        asked = _numbered(voice, topics, key)
    if known is None:
        return asked
    return lines([asked, voice.text("onboarding.known", value=shown(voice, key, known))])


def _numbered(voice: Voice, topics: Sequence[Topic], key: str) -> Text:
    number, topic = next((index, item) for index, item in enumerate(topics, 1) if item.key == key)
    asked = _words(voice, topic)
    return voice.text("onboarding.numbered", number=number, total=len(topics), question=asked)


def shown(voice: Voice, key: str, value: str) -> str | Text:
    """Return an answer as it is read: a world by its name."""
    return voice.text(f"profile.world.{value}") if key == Field.WORLD else value


def recap(
    voice: Voice, topics: Sequence[Topic], draft: Draft, hidden: frozenset[Field], lead: str
) -> Text:
    """Return what was said, line by line, and who sees it."""
    said = [
        voice.text(
            "profile.line_hidden" if field_of(topics, key) in hidden else "profile.line",
            field=voice.text(f"profile.field.{field_of(topics, key)}"),
            value=shown(voice, key, value),
        )
        for key, value in draft.values.items()
    ]
    if not said:
        return voice.text("onboarding.recap_empty")
    last = voice.text(f"profile.field.{field_of(topics, list(draft.values)[-1])}")
    visible = voice.text("onboarding.visible", word=last)
    return paragraphs([voice.text(lead), bullets(said), visible])


def first_steps(voice: Voice) -> Text:
    """Return two or three small first things to do, and how to find a companion."""
    steps = [voice.text(f"onboarding.step.{name}") for name in ("hello", "search", "share")]
    return paragraphs(
        [voice.text("onboarding.steps"), bullets(steps), voice.text("onboarding.companion")]
    )


def overview(voice: Voice, topics: Sequence[Topic], own: str | None) -> Text:
    """Return what newcomers are told and asked, for who may change it."""
    items = [
        voice.text(
            "onboarding.listed",
            number=number,
            question=_words(voice, topic),
            field=voice.text(f"profile.field.{topic.field}"),
        )
        for number, topic in enumerate(topics, 1)
    ]
    us = own if own is not None else voice.text("onboarding.introduction")
    parts = [voice.text("onboarding.told", text=us), lines(items)]
    return paragraphs([*parts, voice.text("onboarding.overview_how")])


def _words(voice: Voice, topic: Topic) -> str | Text:
    own = topic.in_language(voice.language)
    return own if own is not None else voice.text(f"onboarding.ask.{topic.field}")
