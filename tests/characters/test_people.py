"""What people of many tempers really write: seen in talks, put right, and kept so."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from apps.characters.extraction import Context, offline_extract
from apps.characters.stages import PHRASES
from apps.safety.detector import screen_safely
from tests.characters import people
from tests.characters.player import TERSE, Player, at


def _read(asked: str | None, text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in offline_extract(text, Context(asked, date(2026, 11, 21))):
        before = found.get(item.field)
        found[item.field] = before + item.value if isinstance(before, list) else item.value
    return found


@pytest.mark.parametrize(
    ("asked", "text", "field", "value"),
    [
        ("name", "my name's Margarete but everyone calls me Maggie", "name", "Maggie"),
        ("name", "GERALD", "name", "Gerald"),
        ("name", "DJ", "name", "DJ"),
        ("name", "My name? It's Priya.", "name", "Priya"),
        ("name", "sorry, it's John with an h", "name", "John"),
        ("name", "ugh", "name", None),
        ("gender_identity", "a man of course", "gender_identity", "male"),
        ("gender_identity", "male 28, tall", "age", 28),
        ("readiness", "7ish", "readiness", 7),
        ("readiness", "7-ish I guess", "readiness", 7),
        ("preferred_intensity", "dont go easy on me", "preferred_intensity", "high"),
        ("primary_concerns", "my job and i never sleep", "primary_concerns", ["work", "sleep"]),
        ("primary_concerns", "idk everything", "primary_concerns", ["everything"]),
        ("primary_concerns", "panic attacks, mostly at night", "primary_concerns", ["panic"]),
        ("goals", "idk be happier? and make friends", "goals", ["be happier", "make friends"]),
        ("relationships", "my partner Alex (they/them) and our cat", "pronouns", None),
        ("preferences", "writing things down helps me", "primary_concerns", None),
        ("name", "Jo (short for Joanna)", "physical_description", None),
        (None, "I get picked on at school", "primary_concerns", ["bullying"]),
    ],
)  # fmt: skip
def test_facts(asked: str | None, text: str, field: str, value: Any) -> None:
    assert _read(asked, text).get(field) == value


@pytest.mark.parametrize(
    ("prompt_id", "text"),
    [
        ("preferences_intensity", "everyone at school hates me"),
        ("preferences_approach", "everyone at school hates me"),
        ("identity_age", "my mum died last week"),
        ("appearance_description", "i don't really like how i look"),
    ],
)
def test_what_hurts_is_met_first(prompt_id: str, text: str) -> None:
    player = at(prompt_id)
    player.say(text)
    met = [line.split("{")[0].split(".")[0] for line in PHRASES["heard_heavy"]]
    assert any(line.rstrip(", ") in player.said for line in met), player.said
    assert "picture" not in player.said


@pytest.mark.parametrize(
    ("prompt_id", "text", "said"),
    [
        ("welcome_intro", "um hi. sorry. is anyone going to read this?", "encrypted"),
        ("identity_name", "is it ok if i use a fake name", "name"),
        ("identity_gender", "i'm trans, but please don't tell anyone", "encrypted"),
        ("goals_hopes", "what counts as a goal", "For example"),
        ("readiness_scale", "2? is that bad", "won't judge|no wrong answers"),
        ("background_story", "hurry up", "skip to the end"),
        ("values_core", "whats it to you", "what matters to you|Values are good"),
    ],
)
def test_questions_and_worries_are_answered(prompt_id: str, text: str, said: str) -> None:
    player = at(prompt_id)
    player.say(text)
    assert any(part.lower() in player.said.lower() for part in said.split("|")), player.said


def test_no_preference_is_an_answer() -> None:
    for words in ("whatever", "ok whatever", "idc", "you decide", "I don't mind"):
        player = at("preferences_intensity")
        player.say(words)
        assert player.state.prompt == "preferences_approach", words


def test_a_correction_of_the_answer_before() -> None:
    player = at("appearance_description")
    player.say("tall", "actually I'm short")
    assert player.value("physical_description") == "I'm short"
    assert player.state.prompt == "background_story"


def test_more_of_a_story_is_added_to_it() -> None:
    player = at("values_core")
    before = player.value("background")
    player.say("I grew up on a farm with three brothers, and family")
    assert str(player.value("background")).startswith(str(before))
    assert "farm" in str(player.value("background"))


def test_back_to_what_was_left_out_on_the_way() -> None:
    player = at("values_core")
    player.say("skip to the end", "go back to my goals")
    assert player.state.prompt == "goals_hopes"
    player.say("less stress")
    assert (player.state.stage, player.value("goals")) == ("summary", ["less stress"])


@pytest.mark.parametrize("name", ["CHATTY", "CORRECTING", "BACK", "MINOR"])
def test_nobody_is_misunderstood(name: str) -> None:
    player = Player()
    for line in getattr(people, name):
        player.say(line)
        assert not any(text in player.said for text in PHRASES["unclear"]), line
    assert player.last.completed


HARMLESS = [
    *people.CHATTY,
    *people.CORRECTING,
    *people.BACK,
    *people.MINOR,
    *TERSE,
    *people.ANXIOUS,
]


@pytest.mark.parametrize("text", dict.fromkeys(HARMLESS))
def test_nobody_harmless_is_taken_for_being_in_danger(text: str) -> None:
    """A false alarm stops the questions, so these plain answers must not be one."""
    assert screen_safely(text, before=[]).level in ("none", "low")
