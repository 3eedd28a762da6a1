"""Words of danger in Spanish, French, German and Portuguese are answered in that language."""

from __future__ import annotations

import itertools
import re

import pytest

from apps.safety import languages, messaging
from apps.safety.detector import Category, Level, screen
from apps.safety.languages import language_of
from apps.safety.messaging import STEPS

SAID = {
    "es": "Me quiero morir",
    "fr": "Je veux mourir",
    "de": "Ich will nicht mehr leben",
    "pt": "Quero morrer",
    "en": "I want to kill myself",
}
ASKS = {
    "es": "suicid|vida",
    "fr": "suicide|fin à tes jours",
    "de": "Suizid|das Leben",
    "pt": "suic|vida",
}
KEYS = {"calm", "critical", "abuse", "other", "minor", "resources", "ask_country", "how_to_go_on",
        "ways_on", "emergency", "emergency_anywhere", "emergency_contact", "directory"}  # fmt: skip
FORBIDDEN = (
    r"\b(?:pastilla|pilul|tablette|comprimido|cuerda|corde\b|seil\b|corda|puente|pont\b|brücke"
    r"|ponte\b"
    r"|diagn|trastorno|trouble|störung|transtorno|promet|promis|versprich|jura\b|egoís|égoïs|egois)"
)


@pytest.mark.parametrize("language", SAID)
def test_the_sign_that_matched_tells_the_language(language: str) -> None:
    assert language_of(screen(SAID[language]).reason) == language


@pytest.mark.parametrize(
    "reason", ["together: farewell + now", "second reader, odds 3.1", "xx_day", "detector error: E"]
)
def test_what_tells_no_language(reason: str) -> None:
    assert language_of(reason) is None


@pytest.mark.parametrize("language", languages.texts())
def test_each_has_all_words_and_none_that_must_not_be_said(language: str) -> None:
    page = languages.texts()[language]
    assert set(page) == KEYS
    for voice in ("calm", "critical", "abuse", "other"):
        assert set(page[voice]) == set(STEPS)
        assert all(len(set(variants)) == 2 for variants in page[voice].values())
        assert all("?" in question for question in page[voice]["ask"])
    assert all(re.search(ASKS[language], question) for question in page["calm"]["ask"])
    assert not re.search(FORBIDDEN, str(page), re.IGNORECASE)


@pytest.mark.parametrize("language", languages.texts())
@pytest.mark.parametrize("level", ["moderate", "high", "critical", "unreviewed"])
@pytest.mark.parametrize("category", ["suicidal_ideation", "self_harm", "abuse"])
def test_no_sentence_twice_running(language: str, level: Level, category: Category) -> None:
    lines = messaging.lines_for(None, level, language)
    for third in (False, True):
        said = [
            messaging.support_text(
                level, category, resources=lines, seed="s", turn=turn, minor=True,
                third_person=third, ask_country=True, language=language,
            ).split("\n\n")[0]
            for turn in range(4)
        ]  # fmt: skip
        assert all(one != two for one, two in itertools.pairwise(said))


def test_lines_of_the_country_and_our_own_words_in_the_language() -> None:
    names = [line.name for line in messaging.lines_for("US", "critical", "es")]
    assert names[:2] == ["Servicios de emergencia", "988 Suicide & Crisis Lifeline"]
    anywhere, directory = messaging.lines_for(None, "critical", "de")
    assert (anywhere.name, directory.contact) == (
        "Der Notruf in deinem Land",
        "https://findahelpline.com",
    )
    assert "112" in anywhere.contact
