"""Scripted players: each one gets through, in their own way."""

from __future__ import annotations

import itertools

import pytest

from apps.characters import interview
from apps.characters.interview import InterviewState
from apps.characters.script_checks import sentences
from apps.characters.stages import PROMPTS, STAGE_IDS
from tests.characters.player import NOW, OPEN_PROMPTS, TERSE, Player, at


def test_it_starts_with_a_welcome_that_says_what_it_is() -> None:
    outcome = interview.start("seed", NOW)
    message = outcome.messages[0]
    assert (message.prompt_id, message.stage) == ("welcome_intro", "welcome")
    assert "I'm an AI" in message.content
    assert message.context_text
    assert message.follow_up_prompts
    assert outcome.progress.progress_percentage == 0
    assert outcome.progress.completed_stages == []


def test_a_terse_player_visits_every_stage_in_order() -> None:
    player = Player()
    player.say(*TERSE)
    visited = dict.fromkeys(outcome.state.stage for outcome in player.outcomes)
    assert tuple(visited) == STAGE_IDS
    assert player.last.completed
    assert player.last.progress.progress_percentage == 100
    assert interview.collected_data(player.state) == {
        "name": "Ana",
        "age": 34,
        "age_range": "adult",
        "gender_identity": "female",
        "physical_description": "brown hair, kind of tall",
        "background": "grew up in Leeds",
        "values": ["family", "honesty"],
        "relationships": "my sister",
        "primary_concerns": ["anxiety"],
        "goals": ["sleep better"],
        "preferred_intensity": "low",
        "preferences": "drawing",
        "readiness": 6,
    }


def test_the_preview_has_the_specs_shape() -> None:
    player = Player()
    player.say(*TERSE)
    assert interview.character_preview(player.state, "char-1") == {
        "character_id": "char-1",
        "name": "Ana",
        "completeness_score": 1.0,
        "ready_for_creation": True,
        "character_preview": {
            "name": "Ana",
            "appearance": {
                "age_range": "adult",
                "gender_identity": "female",
                "physical_description": "brown hair, kind of tall",
            },
            "therapeutic_profile": {
                "primary_concerns": ["anxiety"],
                "preferred_intensity": "low",
                "readiness_level": 0.6,
            },
        },
    }


def test_progress_counts_completed_stages_out_of_thirteen() -> None:
    player = Player()
    assert player.say("hi").progress.progress_percentage == 8
    assert player.say("Ana").progress.completed_stages == ["welcome"]
    assert player.say("34", "woman").progress.progress_percentage == 15


def test_skipping_everything_ends_with_nothing_invented() -> None:
    player = Player()
    player.say(*["skip"] * len(OPEN_PROMPTS))
    assert player.last.completed
    assert player.last.progress.progress_percentage == 100
    preview = interview.character_preview(player.state, "c")
    assert preview["name"] is None
    assert preview["completeness_score"] == 0
    assert preview["ready_for_creation"] is False
    assert preview["character_preview"]["therapeutic_profile"] == {
        "primary_concerns": [],
        "preferred_intensity": None,
        "readiness_level": None,
    }


def test_skip_to_the_end() -> None:
    player = at("values_core")
    player.say("skip to the end")
    assert player.state.stage == "summary"
    assert "Ana" in player.said


def test_what_was_told_early_is_not_asked_again() -> None:
    player = Player()
    player.say(
        "I'm Ana, 34, a woman. I have brown hair and I grew up in Porto. I want to sleep better."
    )
    assert player.state.stage == "values"
    player.say("family", "my cat", "yes", "anxiety")
    assert player.state.stage == "preferences"
    asked = [outcome.state.prompt for outcome in player.outcomes]
    assert not {"identity_name", "identity_age", "appearance_description", "goals_hopes"} & set(
        asked
    )
    assert player.value("goals") == ["sleep better"]


def test_a_concern_mentioned_in_passing_is_built_upon() -> None:
    player = Player()
    player.say(
        "hi",
        "Ana",
        "34",
        "woman",
        "tall",
        "I've been so stressed since I moved to Leeds",
        "family",
        "my cat",
    )
    player.say("yes")
    assert player.state.stage == "concerns"
    assert "stress" in player.said
    player.say("that's it")
    assert player.value("primary_concerns") == ["stress"]
    assert player.state.stage == "goals"


def test_going_back_and_changing_an_answer_returns_to_where_one_was() -> None:
    player = at("values_core")
    player.say("go back to my name")
    assert player.state.prompt == "identity_name"
    assert "Ana" in player.said
    assert "identity" not in player.last.progress.completed_stages
    player.say("Anna")
    assert player.value("name") == "Anna"
    assert player.state.prompt == "values_core"


def test_going_back_and_keeping_the_answer() -> None:
    player = at("values_core")
    player.say("back", "keep it")
    assert player.value("background") == "grew up in Leeds"
    assert player.state.prompt == "values_core"


def test_i_meant_corrects_the_last_answer() -> None:
    player = at("identity_gender")
    player.say("no, I meant 35")
    assert player.value("age") == 35
    assert player.state.prompt == "identity_gender"


def test_goals_can_be_wishes_for_change() -> None:
    player = at("goals_hopes")
    player.say("I want to change my job")
    assert player.value("goals") == ["change my job"]
    assert player.value("background") == "grew up in Leeds"


def test_goals_are_replaced_at_any_time() -> None:
    player = at("readiness_scale")
    player.say("change my goals to feel calmer and see friends")
    assert player.value("goals") == ["feel calmer", "see friends"]
    assert player.state.prompt == "readiness_scale"


def test_a_refusal_is_respected() -> None:
    player = at("identity_age")
    player.say("I'd rather not say")
    assert "age_range" in player.state.skipped
    assert player.value("age_range") is None
    assert player.state.prompt == "identity_gender"


def test_none_is_an_answer() -> None:
    player = at("concerns_main")
    player.say("none")
    assert player.value("primary_concerns") == []
    assert player.state.stage == "goals"


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "I'd rather leave those out",
        "nope, not with a computer",
        "i dont want to talk about that stuff",
    ],
)
def test_saying_no_leaves_out_the_personal_questions(text: str) -> None:
    player = at("transition_check")
    player.say(text)
    assert player.state.stage == "preferences"
    assert {"primary_concerns", "goals"} <= set(player.state.skipped)


@pytest.mark.parametrize("text", ["sure", "no problem", "go on", "i guess", "ok if you must"])
def test_agreeing_goes_on_to_them(text: str) -> None:
    assert at("transition_check").say(text).state.stage == "concerns"


@pytest.mark.parametrize("prompt_id", ["relationships_people", "goals_hopes", "concerns_main"])
def test_asking_for_blame_is_answered_and_never_noted(prompt_id: str) -> None:
    player = at(prompt_id)
    player.say("is it my fault?")
    assert player.state.prompt == prompt_id
    assert "not your fault" in player.said or "never deserved" in player.said


def test_missing_apostrophes_are_understood() -> None:
    player = at("values_core")
    player.say("i dont want to do this anymore")
    assert player.state.pending is not None
    assert "values" not in player.state.values


def test_a_known_exact_age_outlives_a_year_of_birth() -> None:
    player = at("background_story")
    player.say("I was born in 1992 in Cork")
    assert player.value("age") == 34
    assert player.value("background") == "I was born in 1992 in Cork"


def test_taking_out_the_age_does_not_make_a_child_an_adult() -> None:
    player = Player()
    player.say("hi", "Mia", "I'm 14", "remove my age")
    assert player.value("age") is None
    assert player.state.minor


def test_a_minor_is_noticed_and_spoken_to_otherwise() -> None:
    player = Player()
    player.say("hi", "Mia", "I'm 14")
    assert player.state.minor
    assert "adult you trust" in player.said or "grown-up you trust" in player.said
    player.say("girl")
    minor = PROMPTS["appearance_description"].minor
    assert any(text in player.said for text in minor.content)
    assert player.last.messages[0].context_text == minor.context_text
    player.say("actually I'm 19")
    assert not player.state.minor


def test_a_heavy_answer_gets_a_quiet_reply() -> None:
    player = at("relationships_people")
    player.say("my mother died in May and my father hits me")
    assert not any(word in player.said.lower() for word in ("great", "good,", "wonderful", "!"))
    assert any(word in player.said for word in ("trusting me", "sorry", "hard", "glad you told me"))


def test_pause_and_resume() -> None:
    player = at("values_core")
    outcome = player.say("I need a break")
    assert outcome.pause_requested
    again = interview.resume(outcome.state, NOW)
    assert again.state.prompt == "values_core"
    assert "Ana" in again.messages[0].content


def test_ending_for_good_is_asked_twice() -> None:
    player = at("values_core")
    assert not player.say("quit").abandon_requested
    assert player.say("yes").abandon_requested


def test_ending_can_be_taken_back() -> None:
    player = at("values_core")
    player.say("quit", "no")
    assert player.state.prompt == "values_core"
    assert not player.last.abandon_requested


def test_every_value_tells_its_turn_and_words() -> None:
    player = at("appearance_description")
    known = player.state.values["age_range"]
    assert (known.sources[0].turn, known.sources[0].quote) == (3, "34")


def test_the_state_survives_json_and_refuses_another_version() -> None:
    raw = at("goals_hopes").state.to_dict()
    assert InterviewState.from_dict(raw).to_dict() == raw
    with pytest.raises(ValueError, match="version 0"):
        InterviewState.from_dict(raw | {"version": 0})


@pytest.mark.parametrize("seed", ["a", "b", "c", "d"])
def test_nothing_is_said_twice_running(seed: str) -> None:
    player = Player(seed)
    player.say(
        "why?", "why?", "why?", "ok", "hm", "what?", "Ana", "back", "back", "Anna", "are you a bot?"
    )
    player.say(
        "are you a bot?",
        "34",
        "skip",
        "idk",
        "repeat",
        "repeat",
        "skip",
        "skip",
        "skip",
        "🙂",
        "🙂",
    )
    said = [set(sentences(o.messages[0].content)) for o in player.outcomes if o.messages]
    assert all(not one & two for one, two in itertools.pairwise(said))


def test_after_the_end_nothing_moves() -> None:
    player = Player()
    player.say(*TERSE)
    outcome = player.say("change my name to Bob")
    assert outcome.completed
    assert player.value("name") == "Ana"
