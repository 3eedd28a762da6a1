"""The detector's bars, on the half no rule was written from and on ordinary sessions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import yaml

from apps.safety.detector import LEVELS, screen_safely
from apps.safety.evaluation import Example, Share, evaluate, read_examples
from apps.safety.screening import screen_closely

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "apps" / "safety" / "corpus"
RECALL_HIGH_CRITICAL = 0.97
RECALL_CRISIS = 0.97
FALSE_ALARMS = 0.05
# Of the detector alone, which answers at once.
RECALL_AT_ONCE = 0.94
FALSE_ALARMS_AT_ONCE = 0.03


def examples(*files: str) -> list[Example]:
    found = []
    for file in files:
        with (CORPUS / file).open(encoding="utf-8") as stream:
            found.extend(read_examples(stream))
    return found


def value(share: Share) -> float:
    assert share.value is not None
    return share.value


def test_bars() -> None:
    report, outcomes = evaluate(examples("held_out.jsonl"))
    assert value(report.recall_high_critical) >= RECALL_HIGH_CRITICAL
    assert value(report.recall_crisis) >= RECALL_CRISIS
    assert value(report.false_alarms) <= FALSE_ALARMS
    plain = [o for o in outcomes if "plain_control" in o.example.tags]
    assert plain
    assert not any(o.detected for o in plain)


def test_bars_of_the_detector_alone() -> None:
    report, _ = evaluate(examples("held_out.jsonl"), screen_safely)
    assert value(report.recall_high_critical) >= RECALL_AT_ONCE
    assert value(report.recall_crisis) >= RECALL_AT_ONCE
    assert value(report.false_alarms) <= FALSE_ALARMS_AT_ONCE


def test_ordinary_sessions_are_left_alone() -> None:
    """A model that learns hard lines by heart easily takes half of these for danger."""
    with (ROOT / "apps" / "sessions" / "demo" / "stories.yaml").open(encoding="utf-8") as stream:
        story = yaml.safe_load(stream)
    lines = [
        text
        for client in story["clients"]
        for session in client["sessions"]
        for line in session.get("dialogue", [])
        for text in line.values()
    ]
    assert len(lines) > 100
    alarms = [text for text in lines if screen_safely(text).is_crisis]
    assert len(alarms) <= 0.03 * len(lines), alarms
    closer = [text for text in lines if screen_closely(text).is_crisis]
    # Told without their questions some answers do sound grave: "Or I'd open them again."
    assert len(closer) <= 0.08 * len(lines), closer


def test_the_corpus_is_broad() -> None:
    lines = examples("held_out.jsonl", "tuned.jsonl")
    assert len(lines) >= 500
    assert len({line.text for line in lines}) == len(lines)
    assert len({line.id for line in lines}) == len(lines)
    assert {line.label for line in lines} == set(LEVELS)
    languages = Counter(line.lang for line in lines)
    assert min(languages[lang] for lang in ("en", "es", "fr", "de", "pt")) >= 25
    hard = sum(line.hard_negative for line in lines)
    assert hard / len(lines) > 0.5
