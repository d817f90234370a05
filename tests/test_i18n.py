import re
import time
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import bot
from bot.i18n import LANGUAGES, Catalogue, closest
from bot.text import placeholders, render

BOT = Path(bot.__file__).parent
CODE = re.compile(r"`[^`]*`")
INSIDER_WORDS = {
    "fr": ["digest", "feedback", "wording", "thread", "workshop", "bug", "timezone", "reporting"],
    "en": ["digest", "wording", "bug"],
}


def read(language: str) -> Catalog:
    with (BOT / "locales" / language / "LC_MESSAGES" / "bot.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def id_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def entries(language: str) -> dict[str, tuple[str, ...]]:
    return {id_of(message): forms(message) for message in read(language) if message.id}


def sentences(language: str) -> list[tuple[str, str]]:
    """Return every form of every text for readers, without what stands in code."""
    return [
        (message_id, CODE.sub("`…`", form))
        for message_id, found in entries(language).items()
        for form in found
    ]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("fr", "fr"),
        ("FR-ca", "fr"),
        ("en", "en"),
        ("en_US.UTF-8", "en"),
        ("en-Latn-GB", "en"),
        (" EN ", "en"),
        ("de-DE", "fr"),
        ("eng", "fr"),
        ("", "fr"),
        (None, "fr"),
        ("C.UTF-8", "fr"),
    ],
)
def test_closest_finds_the_language_of_a_tag(tag: str | None, language: str) -> None:
    assert closest(tag) == language


def test_text_is_said_in_the_language_asked_for(catalogue: Catalogue) -> None:
    assert catalogue.text("reminder.delivered", "fr") == "⏰ Rappel `{id}`\u00a0: {text}"
    assert catalogue.text("reminder.delivered", "en") == "⏰ Reminder `{id}`: {text}"


def test_text_falls_back_to_french_for_an_unknown_language(catalogue: Catalogue) -> None:
    assert catalogue.text("page.nothing_more", "br") == catalogue.text("page.nothing_more", "fr")


@pytest.mark.parametrize("message_id", ["experience.unheard", "experience", "", "Ping.answer"])
@pytest.mark.parametrize("n", [None, 1, 2])
def test_text_refuses_a_missing_id(catalogue: Catalogue, message_id: str, n: int | None) -> None:
    with pytest.raises(KeyError, match="no message"):
        catalogue.text(message_id, "fr", n=n)


@pytest.mark.parametrize(
    ("language", "n", "is_singular"),
    [
        ("fr", 0, True),
        ("fr", 1, True),
        ("fr", 2, False),
        ("fr", 1_000_000, False),
        ("en", 0, False),
        ("en", 1, True),
        ("en", 2, False),
    ],
)
def test_text_takes_the_plural_form_of_the_language(
    catalogue: Catalogue, language: str, n: int, is_singular: bool
) -> None:
    singular, plural = entries(language)["page.rest"]
    assert catalogue.text("page.rest", language, n=n) == (singular if is_singular else plural)


def test_text_takes_a_number_for_a_message_without_plural(catalogue: Catalogue) -> None:
    assert catalogue.text("ping.answer", "fr", n=2) == catalogue.text("ping.answer", "fr")


def test_text_without_a_number_is_singular(catalogue: Catalogue) -> None:
    assert catalogue.text("page.rest", "en") == entries("en")["page.rest"][0]


def test_load_takes_less_than_a_tenth_of_a_second() -> None:
    def seconds() -> float:
        start = time.process_time()
        Catalogue.load()
        return time.process_time() - start

    assert min(seconds() for _ in range(5)) < 0.1


def test_catalogues_have_the_same_messages() -> None:
    shapes = [
        {message_id: len(found) for message_id, found in entries(language).items()}
        for language in LANGUAGES
    ]
    assert shapes[0] == shapes[1]


def test_catalogues_have_the_same_placeholders() -> None:
    def names(language: str) -> dict[str, frozenset[str]]:
        found = entries(language)
        return {key: frozenset().union(*map(placeholders, found[key])) for key in found}

    assert names("fr") == names("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_finished(language: str) -> None:
    catalog = read(language)
    unfinished = [id_of(message) for message in catalog if message.id and not all(forms(message))]
    doubtful = [id_of(message) for message in catalog if message.id and message.fuzzy]
    assert (unfinished, doubtful, list(catalog.obsolete)) == ([], [], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_grouped_by_noun_and_sorted(language: str) -> None:
    path = BOT / "locales" / language / "LC_MESSAGES" / "bot.po"
    lines = re.findall(r'^(?:# --- |msgid ")([a-z_.]+)', path.read_text("utf-8"), re.MULTILINE)
    ids = list(entries(language))
    grouped: list[str] = []
    for message_id in sorted(ids):
        noun = message_id.partition(".")[0]
        grouped += [message_id] if noun in grouped else [noun, message_id]
    assert lines == grouped


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_renders_without_a_trace_of_markup(language: str) -> None:
    for message_id, found in entries(language).items():
        for form in found:
            text = render(form, dict.fromkeys(placeholders(form), "x"))
            assert not re.search(r"[`*{}]|\]\(", text.body), message_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_messages_take_their_number_from_n(language: str) -> None:
    plurals = [found for found in entries(language).values() if len(found) == 2]
    assert all(placeholders(many) - placeholders(one) <= {"n"} for one, many in plurals)


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_do_not_touch(language: str) -> None:
    """Member text next to an ``@`` or to other member text could add up to something else."""
    touching = re.compile(r"@\{|\}\{(?!name)")
    assert [key for key, form in sentences(language) if touching.search(form)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_short(language: str) -> None:
    def count(form: str) -> int:
        return len(re.findall(r"[.!?…](?=\s|\*|$)", form))

    assert [key for key, form in sentences(language) if count(form) > 3] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_use_words_that_everyone_reads(language: str) -> None:
    insider = re.compile(rf"\b(?:{'|'.join(INSIDER_WORDS[language])})s?\b", re.IGNORECASE)
    assert [key for key, form in sentences(language) if insider.search(form)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pictogram_stands_beside_a_word(language: str) -> None:
    lonely = re.compile("[\u2300-\u27bf\U0001f300-\U0001faff]\ufe0f?(?! \\w)")
    assert [key for key, form in sentences(language) if lonely.search(form)] == []


def test_french_has_no_point_median() -> None:
    median = re.compile(r"\w[·•‧⋅]\w")
    assert [key for key, form in sentences("fr") if median.search(form)] == []


def test_french_spaces_are_no_break_before_double_signs() -> None:
    wrong = re.compile("[^\u00a0][:;!?»](?![\\w/])|«[^\u00a0]|[\u202f]")
    assert [(key, form) for key, form in sentences("fr") if wrong.search(form)] == []


def test_english_has_no_french_spaces() -> None:
    assert [key for key, form in sentences("en") if re.search("[\u00a0\u202f«»]", form)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_apostrophes_and_quotes_are_typographic(language: str) -> None:
    assert [key for key, form in sentences(language) if re.search("['\"]", form)] == []
