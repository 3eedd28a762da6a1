"""A lint over every sentence a person in distress may read."""

from __future__ import annotations

import itertools
import re

import pytest

from apps.safety.detector import Category, Level
from apps.safety.messaging import STEPS, every_sentence, support_text, texts
from apps.safety.resources import for_person

LEVELS: list[Level] = ["moderate", "high", "critical", "unreviewed"]
CATEGORIES: list[Category] = [
    "suicidal_ideation",
    "self_harm",
    "severe_depression",
    "abuse",
    "immediate_danger",
]
METHODS = r"pill|tablet|overdos|rope|noose|hang|gun|bullet|shoot|knife|razor|blade|bridge|roof|jump"
FORBIDDEN = {
    "method": rf"\b(?:{METHODS}|trains?\b|drown|poison|bleach|wrist|vein|exhaust)",
    "stigma": r"\bcommit|\bfail(?:ed|ure)?\b|\bsuccessful|\bcompleted suicide|attention.seek",
    "diagnosis": r"\bdisorder|\bdiagnos|\bbipolar|\bborderline|\bpsycho|\bPTSD|\bmentally ill|"
    r"you (?:have|are in|suffer from) (?:a )?depress",
    "promise": r"\bpromise|\bswear\b|\bguarantee|\bwill be (?:fine|okay|all right)",
    "blame": r"\bselfish|\bwhy (?:did|would|didn't) you|\bshould have|\bshouldn't|\boverreact|"
    r"\bcalm down|\bjust (?:relax|think)|\bthink of (?:your|how) (?:family|others|much)",
    "leading": r"aren't you|you're not (?:thinking|going)|you don't want to|not planning",
    "treatment": r"\b(?:medication|medicine|dose|prescri)",
}


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_lint(rule: str) -> None:
    hits = [s for s in every_sentence() if re.search(FORBIDDEN[rule], s, re.IGNORECASE)]
    assert hits == []


def test_every_voice_has_variants_of_every_step() -> None:
    for level in ("moderate", "high", "critical"):
        for voice in (*texts()[level].values(), texts()["third_person"][level]):
            assert set(voice) == set(STEPS)
            assert all(len(set(variants)) >= 4 for variants in voice.values())


def test_every_question_is_one() -> None:
    for level in ("moderate", "high", "critical"):
        for voice in (*texts()[level].values(), texts()["third_person"][level]):
            assert all(question.endswith("?") for question in voice["ask"])


def test_suicide_is_asked_about_by_its_name() -> None:
    for level in ("moderate", "high"):
        for question in texts()[level]["suicidal_ideation"]["ask"]:
            assert re.search(r"suicide|ending your life|act(?:ing)? on (?:this|these)", question)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("third_person", [False, True])
def test_no_sentence_twice_running(level: Level, category: Category, third_person: bool) -> None:
    lines = for_person("GB", "en", level)
    said = [
        support_text(
            level,
            category,
            resources=lines,
            seed="s1",
            turn=turn,
            third_person=third_person,
            minor=True,
        )
        for turn in range(8)
    ]
    for one, next_one in itertools.pairwise(said):
        assert not sentences(one) & sentences(next_one)
    assert all("116 123" in text for text in said)


def sentences(text: str) -> set[str]:
    spoken = text.split("\n\n")[:2]
    return {s for part in spoken for s in re.split(r"(?<=[.?!])\s+", part) if len(s) > 30}


def test_the_same_seed_says_the_same() -> None:
    lines = for_person("DE", "de", "high")
    one, two = (
        support_text("high", "self_harm", resources=lines, seed="s9", turn=3) for _ in range(2)
    )
    assert one == two


def test_critical_names_the_emergency_number_first() -> None:
    lines = for_person("DE", "de", "critical")
    text = support_text("critical", "suicidal_ideation", resources=lines, seed="s1", turn=0)
    assert text.index("112") < text.index("0800 1110111")


def test_unknown_country_is_asked_for() -> None:
    text = support_text(
        "high",
        "abuse",
        resources=for_person(None, "es", "high"),
        seed="s1",
        turn=0,
        ask_country=True,
    )
    assert "findahelpline.com" in text
    assert text.endswith(texts()["ask_country"])
