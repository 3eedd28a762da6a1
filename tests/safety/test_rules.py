"""The rule files: readable, without repetition, and of bounded cost."""

from __future__ import annotations

import re

import pytest

from apps.safety.detector.lexicon import Lexicon
from apps.safety.detector.pattern import PatternError
from apps.safety.detector.rulebook import Rulebook, repeated_names


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return Rulebook(Lexicon(), "rules")


def test_no_rule_stands_twice(rulebook: Rulebook) -> None:
    assert repeated_names(rulebook.rules) == []


def test_no_pattern_repeats_without_bound(rulebook: Rulebook) -> None:
    for rule in rulebook.rules:
        bare = re.sub(r"\[[^\]]*\]", "x", rule.regex.pattern)
        assert not re.search(r"[*+]|\{\d*,\}", bare)


def test_every_rule_needs_some_word(rulebook: Rulebook) -> None:
    assert all(rule.filed for rule in rulebook.rules)


@pytest.mark.parametrize("source", ["(want", "want)", "a | | b", "NO_SUCH_CONCEPT", "what#", "()"])
def test_unreadable_patterns_are_refused(source: str) -> None:
    with pytest.raises(PatternError):
        Lexicon().parse(source)
