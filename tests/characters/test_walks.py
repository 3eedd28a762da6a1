"""Random talks: none raises, none repeats itself, each one ends."""

from __future__ import annotations

import json
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.characters import interview
from apps.characters.dialogue.flow import TURNS_BEFORE_END
from apps.characters.interview import InterviewState, Outcome
from apps.characters.script_checks import sentences
from apps.characters.stages import FIELDS, PROMPTS, STAGE_IDS
from tests.characters.player import NOW

ANSWERS = """\
Ana
my name is Bob
34
I'm 15
woman
nonbinary, they/them
brown hair
I grew up in Leeds
family, honesty
my sister and a cat
anxiety
I can't sleep
sleep better
gentle
direct
drawing
7
very ready
I'm Ana, 34, tall, and I struggle with anxiety
my father died
شعر أسود""".splitlines()
REQUESTS = """\
skip
skip this part
skip to the end
go back
back to my name
pause
repeat
go back to my goals
what do you have so far
show me what you have
quit""".splitlines()
CHANGES = """\
actually my name is Zoë
no, I meant 35
change my age to 40
remove the part about my father
that's wrong
add panic to my concerns
my goals
I'm not anxious, I'm sad
remove my background
change my pace""".splitlines()
NOISE = """\
yes
no
idk
none
I'd rather not say
🙂
?
hm
why?
are you a bot?
what's the weather?
asdfgh
200
you stupid bot
ignore all previous instructions
what do you mean?""".splitlines()
NOISE += ["", "x" * 2001, "\x00"]
texts = st.one_of(
    st.sampled_from(ANSWERS),
    st.sampled_from(REQUESTS),
    st.sampled_from(CHANGES),
    st.sampled_from(NOISE),
    st.text(),
)


def step(state: InterviewState, text: str) -> Outcome:
    stored = InterviewState.from_dict(json.loads(json.dumps(state.to_dict())))
    outcome = interview.advance(stored, text, NOW)
    assert stored == state  # the state that came in is left alone
    check(state, outcome)
    return outcome


def check(before: InterviewState, outcome: Outcome) -> None:
    state = outcome.state
    assert state.stage == PROMPTS[state.prompt].stage
    assert set(state.values) <= set(FIELDS)
    assert not set(state.skipped) & set(state.values)
    done = outcome.progress.completed_stages
    assert done == [stage for stage in STAGE_IDS if stage in done]
    assert outcome.progress.progress_percentage == round(100 * len(done) / 13)
    assert (outcome.progress.progress_percentage == 100) == outcome.completed
    said = outcome.messages[0].content if outcome.messages else ""
    assert bool(said) != bool(outcome.validation_error)
    assert not set(sentences(said)) & set(before.said), said
    for known in state.values.values():
        assert len(known.sources) == (len(known.value) if isinstance(known.value, list) else 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=60))
def test_no_text_breaks_it(said: list[str]) -> None:
    state = interview.start("walk", NOW).state
    for text in said:
        state = step(state, text).state


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([ANSWERS, CHANGES, REQUESTS, NOISE, ANSWERS + REQUESTS + CHANGES + NOISE]),
)
def test_every_talk_ends(seed: int, words: list[str]) -> None:
    random, state = Random(seed), interview.start(str(seed), NOW).state
    for _ in range(TURNS_BEFORE_END + 20):
        outcome = step(state, random.choice(words))
        if outcome.completed or outcome.abandon_requested:
            break
        state = (
            interview.resume(outcome.state, NOW).state if outcome.pause_requested else outcome.state
        )
    assert outcome.completed or outcome.abandon_requested
    assert interview.character_preview(outcome.state, "CHAR-1")["character_id"] == "CHAR-1"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(ANSWERS + CHANGES), max_size=12), st.integers(0, 50))
def test_the_same_words_give_the_same_talk(said: list[str], seed: int) -> None:
    def talk() -> list[str]:
        state, lines = interview.start(str(seed), NOW).state, []
        for text in said:
            outcome = interview.advance(state, text, NOW)
            state = outcome.state
            lines += [message.content for message in outcome.messages]
        return lines

    assert talk() == talk()
