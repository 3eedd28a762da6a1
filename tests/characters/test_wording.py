"""What the assistant says, as a whole: no blame, no praise, no method, no diagnosis, no orders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.characters.stages import FIELDS, PHRASES, PROMPTS, REFUSALS, STAGES, TOPICS

NEVER = re.compile(
    r"\b(?:committed|failed|successful|attention.seeking|overdose|hang|knife|great|awesome|wow|"
    r"amazing|perfect|good job|well done|you should|you must|you have to|calm down|cheer up|"
    r"at least|disorder|symptoms?|patient|i understand how you feel|i know how you feel|promise)\b",
    re.IGNORECASE,
)
LONGEST_CHARACTERS = 200


def said() -> Iterator[str]:
    for lines in (*PHRASES.values(), *REFUSALS.values()):
        yield from lines
    for topic in TOPICS:
        yield from topic.answers
    for stage in STAGES:
        yield from stage.why
    for field in FIELDS.values():
        yield from field.acknowledgments
    for prompt in PROMPTS.values():
        for wording in (prompt.adult, prompt.minor):
            yield from (*wording.content, *wording.again, *wording.simpler, wording.context_text)
        yield from (*prompt.known, *prompt.follow_up_prompts)


def test_nothing_unkind_is_said() -> None:
    assert [text for text in said() if NEVER.search(text)] == []


def test_everything_is_short() -> None:
    welcome = PROMPTS["welcome_intro"].adult.content
    assert [text for text in said() if len(text) > LONGEST_CHARACTERS and text not in welcome] == []


def test_the_welcome_says_what_matters_first() -> None:
    for text in PROMPTS["welcome_intro"].adult.content:
        assert "AI" in text
        assert "not a person" in text
        assert "therapist" in text
        assert "emergency number" in text
        assert "skip" in text
