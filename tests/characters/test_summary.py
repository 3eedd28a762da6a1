"""The summary reads everything back and takes corrections."""

from __future__ import annotations

import pytest

from apps.characters import interview
from tests.characters.player import Player, at


@pytest.fixture
def player() -> Player:
    return at("summary_review")


def test_it_reads_everything_back(player: Player) -> None:
    lines = [line for line in player.said.splitlines() if line.startswith("- ")]
    assert "- Name: Ana" in lines
    assert "- Age: 34" in lines
    assert "- Gender: woman" in lines
    assert "- What weighs on you: anxiety" in lines
    assert "- Pace: gentle (low)" in lines
    assert len(lines) == 12


def test_what_is_open_is_named() -> None:
    player = Player()
    player.say("ok", "Ana", "skip to the end")
    assert "- Left open: age, gender" in player.said


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes, that's right, thank you!", "looks good", "ok", "👍", "no changes", "it fits"],
)
def test_yes_completes_it(player: Player, text: str) -> None:
    assert player.say(text).completed
    assert player.state.confirmed


CHANGES = {
    "change my age to 40": ("age", 40),
    "I'm 40, not 34": ("age", 40),
    "my age should be 40": ("age", 40),
    "yes but change my age to 40": ("age", 40),
    "no, my name is Anna": ("name", "Anna"),
    "not Ana, Anna": ("name", "Anna"),
    "that's not right, I'm not anxious, I'm sad": ("primary_concerns", ["low mood"]),
    "add panic to my concerns": ("primary_concerns", ["anxiety", "panic"]),
    "add work": ("primary_concerns", ["anxiety", "work"]),
    "please remove my background": ("background", None),
    "remove the part about my sister": ("relationships", None),
    "remove honesty": ("values", ["family"]),
    "delete the bit about my hair": ("physical_description", "kind of tall"),
    "change my background to I grew up in York": ("background", "I grew up in York"),
    "set my pace to direct": ("preferred_intensity", "high"),
    "change readiness to 8": ("readiness", 8),
    "I'm a trans man actually": ("gender_identity", "trans man"),
    "I'm sixteen": ("age_range", "teen"),
}


@pytest.mark.parametrize("text", CHANGES)
def test_a_change_is_made_and_confirmed_anew(player: Player, text: str) -> None:
    name, value = CHANGES[text]
    player.say(text)
    assert player.value(name) == value
    assert player.state.stage == "summary"
    assert not player.last.completed
    assert player.say("yes").completed


def test_no_asks_what_to_change(player: Player) -> None:
    player.say("no")
    assert player.state.pending is not None
    player.say("my age", "40")
    assert player.value("age") == 40
    assert player.state.stage == "summary"


def test_a_change_asked_for_can_be_dropped(player: Player) -> None:
    player.say("change my name", "never mind, keep it")
    assert player.value("name") == "Ana"
    assert player.state.stage == "summary"


def test_the_change_can_be_said_at_once(player: Player) -> None:
    player.say("no", "change my goals to see friends")
    assert player.value("goals") == ["see friends"]


def test_many_corrections_never_end_it(player: Player) -> None:
    player.say(*[f"change my age to {age}" for age in range(30, 45)])
    assert player.state.stage == "summary"
    assert player.value("age") == 44


def test_a_decade_replaces_the_exact_age(player: Player) -> None:
    player.say("change my age to my fifties")
    assert player.value("age_range") == "adult"
    assert player.value("age") is None


def test_removing_the_age_removes_all_of_it(player: Player) -> None:
    player.say("remove my age", "yes")
    data = interview.collected_data(player.state)
    assert not {"age", "age_range"} & set(data)


def test_what_is_not_there_can_not_be_removed(player: Player) -> None:
    before = dict(player.state.values)
    player.say("remove the part about the moon")
    assert player.state.values == before
    assert player.state.stage == "summary"
