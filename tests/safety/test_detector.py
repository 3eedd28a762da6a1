"""Minimal pairs: the same words with and without what turns their meaning."""

from __future__ import annotations

import pytest

from apps.safety.detector import RANK, screen, screen_safely, signs
from apps.safety.detector.screening import Detector

CRISIS = RANK["moderate"]


def is_crisis(text: str, *before: str) -> bool:
    return screen(text, before=before).is_crisis


@pytest.mark.parametrize(
    ("alarming", "calm"),
    [
        ("I don't want to live.", "I don't want to die."),
        ("I'm suicidal.", "I'm not suicidal."),
        ("I want to kill myself.", "I never said I want to kill myself."),
        ("No, I want to die.", "No, I don't want to die."),
        ("Nobody knows I tried to kill myself on Friday.", "I never tried to kill myself."),
        ("I can't stop thinking about dying.", "I don't think about dying."),
        (
            "I'm not going to kill myself but I can't stop thinking about it.",
            "I'm not going to kill myself and I don't think about it.",
        ),
        ("My husband hits me when he drinks.", "My husband never hits me."),
        ("Quiero matarme.", "No quiero matarme."),
        ("Je veux me tuer.", "Je ne veux pas me tuer."),
        ("Ich will sterben.", "Ich will nicht sterben."),
        ("Quero me matar.", "Não quero me matar."),
    ],
)
def test_negation(alarming: str, calm: str) -> None:
    assert is_crisis(alarming)
    assert not is_crisis(calm)


@pytest.mark.parametrize(
    ("now", "long_ago"),
    [
        ("I cut myself last night.", "I used to cut, years ago, in college."),
        ("I tried to kill myself yesterday.", "I tried to kill myself in 2009, I'm well now."),
        ("I want to die.", "As a teenager I wanted to die."),
        ("I used to cut years ago and I've started again.", "I used to cut years ago."),
    ],
)
def test_past(now: str, long_ago: str) -> None:
    assert is_crisis(now)
    assert RANK[screen(long_ago).level] < CRISIS


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ("My brother says he wants to kill himself.", "The hero says he wants to kill himself."),
        ("He texted 'I can't do this, I'll kill myself'.", "The lyric goes 'I'll kill myself'."),
        ("My friend is thinking about suicide.", "The article is about suicide."),
        ("My mum wants to die.", "My character wants to die."),
    ],
)
def test_other_people(known: str, unknown: str) -> None:
    assert is_crisis(known)
    assert not is_crisis(unknown)


@pytest.mark.parametrize(
    ("meant", "idiom"),
    [
        ("I'm going to kill myself tonight.", "This homework is killing me."),
        ("I'm on the roof, I'm going to jump.", "My brother is on the roof fixing tiles."),
        ("I want to die.", "I'm dying of laughter."),
        ("I just took all my pills.", "I took my pills this morning like every day."),
        ("Goodbye everyone, tonight is the night.", "Goodbye everyone, see you on Monday!"),
        ("If I fail I'm jumping off the roof, I'm serious.", "I'd jump off the roof for joy lol"),
    ],
)
def test_idioms(meant: str, idiom: str) -> None:
    assert is_crisis(meant)
    assert not is_crisis(idiom)


@pytest.mark.parametrize(
    ("text", "level", "category"),
    [
        ("I want to die.", "moderate", "suicidal_ideation"),
        ("I want to kill myself.", "high", "suicidal_ideation"),
        ("I'm going to kill myself tonight.", "critical", "suicidal_ideation"),
        ("I cut myself last night.", "high", "self_harm"),
        ("I just swallowed the whole bottle of pills.", "critical", "immediate_danger"),
        ("My boyfriend hits me.", "high", "abuse"),
        ("I feel completely empty, it's hopeless.", "moderate", "severe_depression"),
        ("I had porridge for breakfast.", "none", "none"),
    ],
)
def test_level_and_category(text: str, level: str, category: str) -> None:
    finding = screen(text)
    assert (finding.level, finding.category) == (level, category)


def test_span_points_into_the_original_text() -> None:
    text = "Soup was nice. І wаnt tо kіll mysеlf."
    start, end = screen(text).span or (0, 0)
    assert text[start:end] == "wаnt tо kіll mysеlf"


def test_signs_split_over_messages() -> None:
    assert screen("tonight", before=["I want to kill myself"]).level == "critical"
    assert is_crisis("kill myself", "honestly i just want to")
    assert not is_crisis("honestly i just want to")


QUIET = ["I had porridge for breakfast.", "It rained, so we took the bus.", "Mum rang."]


@pytest.mark.parametrize(
    ("text", "first"),
    [("tonight", "I want to kill myself"), ("tonight", "Goodbye everyone."), ("It rained.", "Hi.")],
)
def test_signs_are_as_good_as_messages_before_the_last(text: str, first: str) -> None:
    *earlier, last = before = [QUIET[0], first, *QUIET[1:]]
    known = frozenset[str]().union(*filter(None, map(signs, earlier)))
    assert screen(text, before=[last], known=known) == screen(text, before=before)


@pytest.mark.parametrize("before", [[], ["Hello."], ["Hello.", "The bus was late again."]])
def test_a_harmless_message_is_no_worse_for_what_came_before(before: list[str]) -> None:
    found = screen("My exit interview is on Friday.", before=before)
    assert (found.level, found.reason) == ("low", "own_means, in harmless wording")


def test_earlier_messages_never_lower_a_level() -> None:
    alone = screen("I want to kill myself")
    after = screen("I want to kill myself", before=["ha, just a song lyric", "I'm fine"])
    assert RANK[after.level] >= RANK[alone.level]


def test_plain_reply_after_an_alarm_is_no_new_alarm() -> None:
    assert not is_crisis("soup with the neighbours, thank you", "I want to kill myself")


def test_empty_and_odd_input() -> None:
    for text in ("", " ", "\x00", "\ud800", "🙂", "…", "'", '"', "!!!???", "a" * 5000):
        assert screen(text).level == "none"


def test_a_failing_detector_is_unreviewed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Detector, *_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Detector, "screen", fail)
    finding = screen_safely("I want to die")
    assert finding.level == "unreviewed"
    assert "ZeroDivisionError" in finding.reason
    assert "die" not in finding.reason


@pytest.mark.parametrize(
    ("text", "about_other"),
    [
        ("My brother says he wants to kill himself.", True),
        ("My wife took all her pills, she isn't waking up.", True),
        ("I want to kill myself.", False),
        ("My brother wants to kill himself and so do I, I want to die.", False),
    ],
)
def test_who_is_meant(text: str, about_other: bool) -> None:
    assert screen(text).third_person == about_other


def test_the_second_reader_says_why() -> None:
    found = screen("I've counted out dad's sleeping tablets and I am going to sleep for good")
    assert found.is_crisis
    assert found.span is not None
    assert found.reason
