"""Every question can be left, in every way a person might want to leave it."""

from __future__ import annotations

import pytest

from apps.characters import interview
from apps.characters.dialogue.state import Pending
from apps.characters.script_types import Field
from apps.characters.stages import FIELDS, PHRASES, PROMPTS
from tests.characters.player import ANSWER, OPEN_PROMPTS, Player, at


@pytest.mark.parametrize("prompt_id", OPEN_PROMPTS)
def test_every_question_is_left_by_an_answer(prompt_id: str) -> None:
    player = at(prompt_id)
    player.say(ANSWER[prompt_id])
    assert player.state.prompt != prompt_id


OFFERED = [(name, text) for name in OPEN_PROMPTS for text in PROMPTS[name].follow_up_prompts]


@pytest.mark.parametrize(("prompt_id", "text"), OFFERED)
def test_every_answer_that_is_offered_is_understood(prompt_id: str, text: str) -> None:
    """A press on it says it, so it must be a whole answer, a request, or a question to us."""
    player = at(prompt_id)
    before = player.state
    player.say(text)
    assert not any(line in player.said for line in PHRASES["unclear"])
    assert player.state.prompt != prompt_id or player.state != before


@pytest.mark.parametrize("field", [f for f in FIELDS.values() if f.spoken], ids=lambda f: f.name)
def test_every_line_of_the_summary_can_be_changed_by_its_label(field: Field) -> None:
    player = at("summary_review")
    player.say(f"Change {field.label.split(' (')[0].lower()}")
    assert player.state.pending == Pending("value", field.name)


@pytest.mark.parametrize("prompt_id", OPEN_PROMPTS)
def test_every_question_is_left_by_skip(prompt_id: str) -> None:
    player = at(prompt_id)
    player.say("skip")
    assert player.state.prompt != prompt_id
    asks = PROMPTS[prompt_id].asks
    assert asks is None or asks in player.state.skipped


@pytest.mark.parametrize("prompt_id", OPEN_PROMPTS[1:])
def test_every_question_is_left_by_go_back(prompt_id: str) -> None:
    player = at(prompt_id)
    player.say("go back")
    assert player.state.prompt == OPEN_PROMPTS[OPEN_PROMPTS.index(prompt_id) - 1]


@pytest.mark.parametrize("prompt_id", OPEN_PROMPTS[2:])
def test_a_correction_is_taken_at_every_question(prompt_id: str) -> None:
    player = at(prompt_id)
    player.say("actually my name is Zoë")
    assert player.value("name") == "Zoë"
    assert "Zoë" in player.said
    after = OPEN_PROMPTS[OPEN_PROMPTS.index(prompt_id) :]
    assert player.state.prompt in after[:2]


@pytest.mark.parametrize("prompt_id", OPEN_PROMPTS)
def test_a_question_to_us_is_answered_and_the_open_one_repeated(prompt_id: str) -> None:
    player = at(prompt_id)
    before = dict(player.state.values)
    player.say("are you a real person?")
    assert "program" in player.said
    assert player.state.prompt == prompt_id
    assert player.state.values == before
    assert player.last.extracted == []


@pytest.mark.parametrize("prompt_id", [prompt for prompt in OPEN_PROMPTS if PROMPTS[prompt].asks])
def test_an_unclear_answer_is_asked_again_once_and_then_left_open(prompt_id: str) -> None:
    player = at(prompt_id)
    player.say("hmm")
    assert player.state.prompt == prompt_id
    player.say("hmm")
    assert player.state.prompt != prompt_id
    assert PROMPTS[prompt_id].asks in player.state.unknown


def test_an_unclear_summary_is_kept_but_not_confirmed() -> None:
    player = at("summary_review")
    player.say("hmm", "hmm")
    assert player.last.completed
    assert not player.state.confirmed
    assert not interview.character_preview(player.state, "c")["ready_for_creation"]


@pytest.mark.parametrize("text", ["hi", "ok", "🙂", "?", "Ana here", "I'm Ana", "asdf", "start"])
def test_the_welcome_is_no_hurdle(text: str) -> None:
    assert Player().say(text).state.stage == "identity"
