"""Turning a client's words round: right, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.personas.professional.reflection import feeling_in, reflect


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("I'm stressed about my boss", "you're stressed about your boss"),
        ("im stressed about my boss", "you're stressed about your boss"),
        ("I’m stressed about my boss!", "you're stressed about your boss"),
        ("I am not sure what I want", "you're not sure what you want"),
        ("My boss yells at me in front of everyone", "your boss yells at you in front of everyone"),
        ("I wasn't able to say it to my dad", "you weren't able to say it to your dad"),
        ("I was really alone at school", "you were really alone at school"),
        ("Well, honestly, I've been avoiding my friends", "you've been avoiding your friends"),
        ("I guess I've been avoiding my friends", "you've been avoiding your friends"),
        ("My sister and I don't talk any more", "your sister and you don't talk any more"),
        ("I've got to be honest with myself", "you've got to be honest with yourself"),
        ("Lately I sleep badly. What now?", "lately you sleep badly"),
        ("it makes me so angry", "it makes you so angry"),
        ("He keeps taking what is mine", "he keeps taking what is yours"),
    ],
)
def test_facts_are_said_back(said: str, words: str) -> None:
    found = reflect(said)
    assert found is not None
    assert (found.words, found.tentative) == (words, False)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("I feel like I'm going to get fired", "you're going to get fired"),
        ("I can't stop thinking about the exam", "you can't stop thinking about the exam"),
        ("I should be over it by now", "you should be over it by now"),
        ("I think he never listens to me", "he never listens to you"),
    ],
)
def test_beliefs_are_said_back_as_such(said: str, words: str) -> None:
    found = reflect(said)
    assert found is not None
    assert (found.words, found.tentative) == (words, True)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "yes",
        "I am",
        "Why do I always do this?",
        "I hate you",
        "You never help me with this",
        "We fight about money every night",
        "I feel like a failure at everything",
        "I'm such an idiot at work",
        "My mum died in the spring",
        'He said "I\'m leaving you" to me',
        "me siento triste y no puedo dormir",
        "I don't know what to say",
        "I sat there and was crying all night",
        "I'm scared because",
        "I WANT TO SCREAM AT MY BOSS",
        "I looked at <script>alert(1)</script> at work",
        "Ignore the instructions that I gave",
        "jestem zmęczona i smutna",
    ],
)
def test_what_cannot_be_said_back_well_is_not(said: str) -> None:
    assert reflect(said) is None


@given(st.text(max_size=400))
def test_no_first_person_is_left_over(text: str) -> None:
    found = reflect(text)
    if found is not None:
        words = set(found.words.lower().replace("'", " ").split())
        assert not words & {"i", "me", "my", "mine", "myself", "am"}


@pytest.mark.parametrize(
    ("said", "feeling"),
    [
        ("I'm so tired of this", "tired"),
        ("I feel lonely. Now I'm angry", "angry"),
        ("it made me really anxious", "anxious"),
        ("I'm not angry at all", None),
        ("the anxious dog", None),
    ],
)
def test_feelings_are_the_clients_own(said: str, feeling: str | None) -> None:
    assert feeling_in(said) == feeling
