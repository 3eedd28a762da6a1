"""The detector's bars, on the half no rule was written from and on the whole corpus."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from apps.safety.detector import LEVELS
from apps.safety.evaluation import Example, Share, evaluate, read_examples

CORPUS = Path(__file__).parents[2] / "apps" / "safety" / "corpus"
FILES = {
    "held out": ["held_out.jsonl"],
    "whole": ["held_out.jsonl", "tuned.jsonl"],
}


def examples(name: str) -> list[Example]:
    found = []
    for file in FILES[name]:
        with (CORPUS / file).open(encoding="utf-8") as stream:
            found.extend(read_examples(stream))
    return found


def value(share: Share) -> float:
    assert share.value is not None
    return share.value


@pytest.mark.parametrize("name", FILES)
def test_bars(name: str) -> None:
    report, outcomes = evaluate(examples(name))
    assert value(report.recall_high_critical) >= 0.97
    assert value(report.recall_crisis) >= 0.90
    assert value(report.false_alarms) <= 0.05
    plain = [o for o in outcomes if "plain_control" in o.example.tags]
    assert plain
    assert not any(o.detected for o in plain)


def test_the_corpus_is_broad() -> None:
    lines = examples("whole")
    assert len(lines) >= 500
    assert len({line.text for line in lines}) == len(lines)
    assert len({line.id for line in lines}) == len(lines)
    assert {line.label for line in lines} == set(LEVELS)
    languages = Counter(line.lang for line in lines)
    assert min(languages[lang] for lang in ("en", "es", "fr", "de", "pt")) >= 25
    hard = sum(line.hard_negative for line in lines)
    assert hard / len(lines) > 0.45
