"""What the offline rule reads in a talk, and what it must not."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from apps.analysis.talk import compose, evidence, excerpt, goals, shape, words
from apps.analysis.talk.feelings import named_in
from apps.analysis.talk.model import Line, Sender
from apps.analysis.talk.scores import anxiety_level, coping_strategy_usage, mood
from apps.personas import services as personas
from apps.personas.professional.content import read_file
from apps.sessions.demo import stories
from apps.sessions.management.commands.load_demo import STORIES

SENDERS: dict[str, Sender] = {"c": "client", "p": "persona", "f": "facilitator"}


def said(*texts: str) -> list[Line]:
    return [Line(number, f"m{number}", "client", text) for number, text in enumerate(texts, 1)]


def dialogue(*turns: tuple[Sender, str]) -> list[Line]:
    return [Line(number, f"m{number}", *turn) for number, turn in enumerate(turns, 1)]


def read(lines: list[Line], wanted: list[str] | None = None) -> dict[str, Any]:
    context = {"whole": lines, "goals": wanted or [], "techniques": [], "persona": "Dr. Hayes"}
    answer = compose.answer(context)
    Draft202012Validator(shape.ANSWER).validate(answer)
    return evidence.checked(answer, lines)


def feelings(text: str) -> list[tuple[str, bool]]:
    return [(one.feeling.name, one.denied) for one in named_in(words.sentences(said(text)[0]))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I was very anxious on Monday.", [("anxious", False)]),
        ("I'm not anxious any more.", [("anxious", True)]),
        ("I wasn’t afraid at all.", [("anxious", True)]),
        ("I didn't feel sad, but I was angry.", [("sad", True), ("angry", False)]),
        ("My boss was angry with everyone.", []),
        ("I used to be terrified of dogs.", []),
        ("How confident am I?", []),
        ("I wrote that down at the low table.", []),
    ],
)
def test_feelings(text: str, expected: list[tuple[str, bool]]) -> None:
    assert feelings(text) == expected


def test_an_own_number_comes_before_words() -> None:
    lines = dialogue(
        ("persona", "How strong was the anxiety, from 0 to 10?"),
        ("client", "An 8. When I imagine it, a 10. I was terrified and scared."),
        ("persona", "How true did the thought feel, from 0 to 100?"),
        ("client", "85."),
    )
    score = anxiety_level(lines, named_in(words.sentences(lines[1])))
    assert (score.value, [quote.words for quote in score.evidence]) == (8, ["An 8."])


def test_a_number_of_a_hundred_is_brought_to_ten() -> None:
    lines = dialogue(
        ("persona", "How anxious are you, from 0 to 100?"), ("client", "Maybe 65, more or less.")
    )
    assert anxiety_level(lines, []).value == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My anxiety was about 6 of 10 this week, last week it was 8.", 6),
        ("Last week my worry was 8/10, but now it's a 5.", 5),
        ("My anxiety went from an 8 to a 6.", 6),
        ("The fear is a seven out of ten today.", 7),
        ("I'd put the panic at 65 out of 100.", 6),
        ("I'm anxious, I'd say a 4.", 4),
        ("My worry is a 7 out of 10, and it was a 9 at the start.", 7),
        ("Last week the anxiety was 8 of 10.", None),
        ("Nine out of 10 people worry about that.", None),
        ("I was anxious on 6 of 10 nights.", None),
        ("I was anxious at 3 in the morning.", None),
        ("My sister's anxiety is 9 out of 10.", None),
        ("I've been worried since 7/10.", None),
        ("My anxiety was 11 out of 10.", None),
        ("I used to be at 9 out of 10 with my anxiety.", None),
    ],
)
def test_the_client_s_own_number(text: str, expected: int | None) -> None:
    assert anxiety_level(said(text), []).value == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Seven.", 7), ("Maybe a six, more or less.", 6), ("One of them asked too.", None)],
)
def test_a_number_that_was_asked_for(text: str, expected: int | None) -> None:
    lines = dialogue(("persona", "How anxious are you, from 0 to 10?"), ("client", text))
    assert anxiety_level(lines, []).value == expected


def test_one_remark_makes_no_score() -> None:
    lines = said("I was anxious.", "It rained.")
    named = [one for line in lines for one in named_in(words.sentences(line))]
    assert (anxiety_level(lines, named).value, mood(lines, named).value) == (None, None)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("I tried the breathing twice.",), 2),
        (("I tried the breathing twice.", "I breathed again and I went for a walk."), 5),
        (("I didn't do the breathing.",), 0),
        (("I could try the breathing.",), None),
        (("It was a long week.",), None),
    ],
)
def test_coping(texts: tuple[str, ...], expected: int | None) -> None:
    sentences = [sentence for line in said(*texts) for sentence in words.sentences(line)]
    assert coping_strategy_usage(sentences).value == expected


def test_goals() -> None:
    lines = said("I sleep badly, three nights in a row.", "The garden helps.")
    found = goals.coverage(["Sleep better", "Say no to the boss"], lines)
    assert [len(sentences) for sentences in found.values()] == [1, 0]


def test_a_plan_is_told_with_its_question() -> None:
    lines = dialogue(
        ("client", "The evenings are hard, I keep thinking about work."),
        ("persona", "Would you be willing to write it down on Sunday?"),
        ("client", "Yes, that I can do."),
    )
    first = read(lines)["focus_areas"][0]
    assert "write it down on Sunday?" in first["text"]
    assert [quote["message_id"] for quote in first["evidence"]] == ["m3", "m2"]


def test_quotations_are_looked_up_letter_by_letter() -> None:
    line = Line(1, "m1", "client", "I don’t know. “Fine”, I said.")
    answer = {
        **{name: [] for name in ("summary", "insights", "moods", "focus_areas")},
        "metrics": {},
        "key_points": [
            {"text": "One", "evidence": [{"message": 1, "quote": "I don't know."}]},
            {"text": "Two", "evidence": [{"message": 1, "quote": "i don't know."}]},
            {"text": "Three", "evidence": [{"message": 1, "quote": "."}]},
        ],
    }
    points = evidence.checked(answer, [line])["key_points"]
    shown = {"message_id": "m1", "quote": "I don’t know."}
    assert points == [{"text": "One", "evidence": [shown]}]


def test_a_long_talk_is_cut_to_its_ends_and_its_weight() -> None:
    texts = ["Well. " * 30] * 500
    texts[250] = "I was so anxious before the meeting that I couldn't sleep."
    shown = excerpt.of(said(*texts))
    assert {1, 251, 500} <= {line.number for line in shown}
    assert sum(len(line.text) for line in shown) <= excerpt.BUDGET_CHARS


def _demo_talks() -> list[Any]:
    content = yaml.safe_load(STORIES.read_text())
    return [
        pytest.param(story, id=f"{client['first_name']} {story.get('day', 0)}")
        for client in content["clients"]
        for story in client["sessions"]
        if "dialogue" in story
    ]


@pytest.mark.parametrize("story", _demo_talks())
def test_the_demos_summaries_are_shown_and_name_no_disorder(story: dict[str, Any]) -> None:
    turns = list(stories._turns(story["dialogue"]))
    lines = dialogue(*((SENDERS[who], text) for who, text in turns))
    persona = read_file(personas.CATALOGUE / f"{story['persona']}.yaml")
    context = {
        "whole": lines,
        "goals": story["goals"],
        "techniques": persona.techniques,
        "persona": persona.name,
    }
    found = evidence.checked(compose.answer(context), lines)
    assert found["dropped"] == 0
    assert len(found["summary"]) > 80
    assert found["key_points"]
    assert not evidence.DIAGNOSES.search(found["summary"])
