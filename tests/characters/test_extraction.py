"""What ordinary sentences are read as, one line each."""

from __future__ import annotations

from datetime import date

import pytest

from apps.characters.extraction import Context, offline_extract

TODAY = date(2026, 11, 21)
NAME, AGE, GENDER = "name", "age_range", "gender_identity"
LOOKS, VALUES, CONCERNS = "physical_description", "values", "primary_concerns"
PACE, READY = "preferred_intensity", "readiness"

# (what was asked, what the person wrote, what is read)
LINES: list[tuple[str | None, str, dict[str, object]]] = [
    # Names, told in so many words.
    (None, "My name is Alice", {"name": "Alice"}),
    (None, "my name's alice", {"name": "Alice"}),
    (None, "My name is Alice and I'm 34", {"name": "Alice", "age": 34, "age_range": "adult"}),
    (None, "call me Bob", {"name": "Bob"}),
    (None, "You can call me Bob if you like", {"name": "Bob"}),
    (None, "Please call me Mary Jane", {"name": "Mary Jane"}),
    (None, "I go by Max", {"name": "Max"}),
    (None, "Hi, I'm Ana", {"name": "Ana"}),
    (None, "I am Nguyễn Văn An", {"name": "Nguyễn Văn An"}),
    (None, "My full name is Jean-Luc de la Tour", {"name": "Jean-Luc de la Tour"}),
    (None, "My name is Will", {"name": "Will"}),
    (None, "My name is O'Brien", {"name": "O'Brien"}),
    (None, "my name’s Renée", {"name": "Renée"}),
    (None, "Batman is my nickname", {"name": "Batman"}),
    # Names in other languages and scripts.
    (None, "me llamo José Luis", {"name": "José Luis"}),
    (None, "je m'appelle Zoé", {"name": "Zoé"}),
    (None, "Ich heiße Jürgen", {"name": "Jürgen"}),
    ("preferences", "no homework, short sessions", {"preferences": "no homework, short sessions"}),
    (None, "I'm tall with brown hair", {"physical_description": "I'm tall with brown hair"}),
    ("goals", "7", {}),
    ("name", "Meu nome é João", {"name": "João"}),
    ("name", "sou a Maria", {"name": "Maria"}),
    ("name", "Je m'appelle Zoé", {"name": "Zoé"}),
    ("age_range", "J'ai 19 ans", {"age": 19, "age_range": "young_adult"}),
    ("age_range", "bin 42", {"age": 42, "age_range": "adult"}),
    ("gender_identity", "soy mujer", {"gender_identity": "female"}),
    ("gender_identity", "ich bin ein Mann", {"gender_identity": "male"}),
    ("gender_identity", "no soy mujer", {"gender_identity": "no soy mujer"}),
    ("gender_identity", "não-binária", {"gender_identity": "nonbinary"}),
    (
        "gender_identity",
        "une femme, elle/elle",
        {"gender_identity": "female", "pronouns": "elle/elle"},
    ),
    (None, "меня зовут Анна", {"name": "Анна"}),
    (None, "اسمي محمد", {"name": "محمد"}),
    (None, "我叫小明", {"name": "小明"}),
    (None, "私の名前は花子です", {"name": "花子"}),
    (None, "मेरा नाम प्रिया है", {"name": "प्रिया"}),
    (NAME, "李小龙", {"name": "李小龙"}),
    (NAME, "محمد", {"name": "محمد"}),
    (NAME, "שרה", {"name": "שרה"}),
    (NAME, "Μαρία", {"name": "Μαρία"}),
    (NAME, "Zoe\u0308", {"name": "Zoe\u0308"}),
    # Names as a bare answer.
    (NAME, "Alice", {"name": "Alice"}),
    (NAME, "alice", {"name": "Alice"}),
    (NAME, "It's Zoë", {"name": "Zoë"}),
    (NAME, "its zoe", {"name": "Zoe"}),
    (NAME, "Hi, Alice here", {"name": "Alice"}),
    (NAME, "um, Alice please", {"name": "Alice"}),
    (NAME, "Sam is fine", {"name": "Sam"}),
    (NAME, "bob 🙂", {"name": "Bob"}),
    (NAME, "i'm alice", {"name": "Alice"}),
    (NAME, "Dr. Smith", {"name": "Dr. Smith"}),
    (NAME, "xX_sam_99", {"name": "xX_sam_99"}),
    (NAME, "Alice, 34", {"name": "Alice", "age": 34, "age_range": "adult"}),
    (NAME, "maria de la cruz", {"name": "Maria de la Cruz"}),
    (NAME, "Christian", {"name": "Christian"}),
    (NAME, "whatever. jess", {"name": "Jess"}),
    (NAME, "tyler but everyone calls me Ty", {"name": "Ty"}),
    (NAME, "26 i guess", {"age": 26}),
    # What looks like a name and is none.
    (None, "I'm tired", {}),
    (None, "I'm Canadian", {}),
    (None, "I'm Fine, thanks", {}),
    (NAME, "i'm tired", {}),
    (NAME, "i'm rich", {}),
    (NAME, "no", {}),
    (NAME, "hmm", {}),
    (NAME, "asdfgh", {}),
    (NAME, "🙂", {}),
    (None, "people call me stupid", {}),
    (None, "don't call me Bob", {}),
    (None, "my name is not important", {}),
    (None, "my sister's name is Lena", {}),
    (None, "My boss calls me lazy", {}),
    # Exact ages.
    (None, "I'm 15", {"age": 15, "age_range": "teen"}),
    (None, "im 15", {"age": 15, "age_range": "teen"}),
    (None, "I am 34 years old", {"age": 34, "age_range": "adult"}),
    (None, "I'm thirty-four", {"age": 34, "age_range": "adult"}),
    (None, "I just turned 40", {"age": 40, "age_range": "adult"}),
    (None, "turning 40 next month", {"age": 39, "age_range": "adult"}),
    (None, "I'll be 18 in June", {"age": 17, "age_range": "teen"}),
    (None, "I turn 60 tomorrow", {"age": 59, "age_range": "adult"}),
    (None, "I'm only 12", {"age": 12, "age_range": "child"}),
    (None, "I'm 71", {"age": 71, "age_range": "older_adult"}),
    (None, "tengo 34 años", {"age": 34, "age_range": "adult"}),
    (None, "j'ai 34 ans", {"age": 34, "age_range": "adult"}),
    (AGE, "34", {"age": 34, "age_range": "adult"}),
    (AGE, "thirty four", {"age": 34, "age_range": "adult"}),
    (AGE, "29!", {"age": 29, "age_range": "young_adult"}),
    (AGE, "34yo", {"age": 34, "age_range": "adult"}),
    (AGE, "about 50", {"age": 50, "age_range": "adult"}),
    (AGE, "34 and my wife is 36", {"age": 34, "age_range": "adult"}),
    (AGE, "30, no wait, 31", {"age": 31, "age_range": "adult"}),
    # Ages by decade, word or year.
    (None, "I'm in my thirties", {"age_range": "adult"}),
    (None, "I'm in my late 20s", {"age_range": "young_adult"}),
    (AGE, "early 30s", {"age_range": "adult"}),
    (AGE, "mid-forties", {"age_range": "adult"}),
    (AGE, "twenties", {"age_range": "young_adult"}),
    (AGE, "30-something", {"age_range": "adult"}),
    (AGE, "almost 40", {"age_range": "adult"}),
    (AGE, "over 60", {"age_range": "older_adult"}),
    (AGE, "teenager", {"age_range": "teen"}),
    (AGE, "middle aged", {"age_range": "adult"}),
    (AGE, "under 18", {"under_18": "yes"}),
    (None, "I'm a teenager", {"age_range": "teen"}),
    (None, "I'm in 9th grade", {"under_18": "yes"}),
    (None, "I was born in 1990", {"age_range": "adult"}),
    (AGE, "1990", {"age_range": "adult"}),
    (AGE, "2009", {"age_range": "teen"}),
    # Numbers that are no age, or somebody else's.
    (None, "my son is 15", {}),
    (None, "my 5 year old is sick", {}),
    (None, "I was 12 when we moved", {}),
    (None, "I've been married 12 years", {}),
    (None, "I'm 8 months pregnant", {}),
    (None, "I'm 10 minutes late", {}),
    (None, "I'm 50% sure", {}),
    (AGE, "200", {}),
    (AGE, "0", {}),
    (None, "when I was 15 we moved", {}),
    (None, "she is 44", {}),
    (READY, "I'm 7", {"readiness": 7}),
    # Gender and pronouns, never the one from the other.
    (None, "I'm Ana, 34, she/her", {"name": "Ana", "age": 34, "pronouns": "she/her"}),
    (None, "nonbinary, they/them", {"gender_identity": "nonbinary", "pronouns": "they/them"}),
    (None, "I'm a trans woman", {"gender_identity": "trans woman"}),
    (None, "I'm a trans guy", {"gender_identity": "trans man"}),
    (None, "I'm non-binary", {"gender_identity": "nonbinary"}),
    (None, "I am a 34 year old woman", {"gender_identity": "female", "age": 34}),
    (None, "I'm a gay man", {"gender_identity": "male"}),
    (None, "my pronouns are they and them", {"pronouns": "they/them"}),
    (None, "I use she/they", {"pronouns": "she/they"}),
    (None, "34F", {"age": 34, "gender_identity": "female"}),
    (None, "I identify as a demigirl", {"gender_identity": "demigirl"}),
    (GENDER, "woman", {"gender_identity": "female"}),
    (GENDER, "F", {"gender_identity": "female"}),
    (GENDER, "m", {"gender_identity": "male"}),
    (GENDER, "enby", {"gender_identity": "nonbinary"}),
    (GENDER, "genderfluid", {"gender_identity": "genderfluid"}),
    (GENDER, "not a man, a woman", {"gender_identity": "female"}),
    (GENDER, "gaming, my friends", {}),
    (GENDER, "starfish", {"gender_identity": "starfish"}),
    (GENDER, "she/her", {"pronouns": "she/her"}),
    (GENDER, "two-spirit", {"gender_identity": "two-spirit"}),
    (None, "my wife is a woman of few words", {}),
    (None, "I like men", {}),
    (None, "a man followed me", {}),
    (None, "I'm not a woman", {}),
    # Looks.
    (None, "brown hair, kind of tall", {LOOKS: "brown hair, kind of tall"}),
    (None, "I have green eyes", {LOOKS: "I have green eyes"}),
    (LOOKS, "average, I guess, with a beard", {LOOKS: "average, I guess, with a beard"}),
    (LOOKS, "I'm 34, brown hair, kind of tall", {"age": 34, LOOKS: "brown hair, kind of tall"}),
    (LOOKS, "well, curly hair", {LOOKS: "curly hair"}),
    (LOOKS, "لدي شعر أسود", {LOOKS: "لدي شعر أسود"}),
    (LOOKS, "🙂", {}),
    (None, "I'm short on money", {}),
    # Facts for later questions.
    (
        None,
        "I'm Priya and I grew up in Leeds",
        {"name": "Priya", "background": "I grew up in Leeds"},
    ),
    (None, "I'm a nurse", {"background": "I'm a nurse"}),
    (None, "I'm married with two kids", {"relationships": "I'm married with two kids"}),
    (None, "I live with my dog", {"relationships": "I live with my dog"}),
    (None, "honesty is important to me", {VALUES: ["honesty"]}),
    (
        "background",
        "My name is Bob and I grew up in Leeds",
        {"name": "Bob", "background": "I grew up in Leeds"},
    ),
    # Values.
    (VALUES, "family", {VALUES: ["family"]}),
    (VALUES, "family, honesty and being kind", {VALUES: ["family", "honesty", "being kind"]}),
    (VALUES, "I value my faith and my freedom", {VALUES: ["my faith", "my freedom"]}),
    (VALUES, "Family is important to me", {VALUES: ["Family"]}),
    (VALUES, "- trust\n- courage", {VALUES: ["trust", "courage"]}),
    (VALUES, "can I say ambition?", {VALUES: ["ambition"]}),
    (VALUES, "i can't tell anyone", {}),
    (VALUES, "hmm", {}),
    # Concerns: plain terms, own words, nothing that was denied or is another's.
    (CONCERNS, "anxiety", {CONCERNS: ["anxiety"]}),
    (CONCERNS, "anxiety, panic and low mood", {CONCERNS: ["anxiety", "panic", "low mood"]}),
    (CONCERNS, "social anxiety", {CONCERNS: ["social anxiety"]}),
    (CONCERNS, "I'm so stressed", {CONCERNS: ["stress"]}),
    (CONCERNS, "I can't sleep and my boss hates me", {CONCERNS: ["sleep", "my boss hates me"]}),
    (CONCERNS, "I'm not anxious, I'm sad", {CONCERNS: ["low mood"]}),
    (CONCERNS, "my mum and dad are divorcing", {CONCERNS: ["relationship difficulties"]}),
    (CONCERNS, "my mother is depressed", {CONCERNS: ["my mother is depressed"]}),
    (CONCERNS, "my mother died", {CONCERNS: ["grief"]}),
    (CONCERNS, "my dad hits me", {CONCERNS: ["abuse"]}),
    (CONCERNS, "can't stop worrying about money", {CONCERNS: ["worry", "money"]}),
    (CONCERNS, "kids at school bully me", {CONCERNS: ["school", "bullying"]}),
    (CONCERNS, "the noise upstairs", {CONCERNS: ["the noise upstairs"]}),
    (None, "I struggle with anxiety", {CONCERNS: ["anxiety"]}),
    (None, "I'm feeling depressed", {CONCERNS: ["depression"]}),
    (None, "my friend has anxiety", {}),
    (None, "I was anxious as a kid", {}),
    (None, "I don't have anxiety", {}),
    (None, "I like my work", {}),
    # Goals.
    ("goals", "sleep better and feel calmer", {"goals": ["sleep better", "feel calmer"]}),
    ("goals", "I want to sleep better. I've had trouble for years.", {"goals": ["sleep better"]}),
    ("goals", "to be less anxious", {"goals": ["be less anxious"]}),
    ("goals", "1. exercise 2. eat well", {"goals": ["exercise", "eat well"]}),
    ("goals", "My goal is to get a job", {"goals": ["get a job"]}),
    ("goals", "I want to die", {}),
    (None, "I want to feel at peace", {"goals": ["feel at peace"]}),
    (None, "I want to skip this", {}),
    (None, "I want to disappear", {}),
    # Pace.
    (PACE, "gentle", {PACE: "low"}),
    (PACE, "low", {PACE: "low"}),
    (PACE, "slowly please", {PACE: "low"}),
    (PACE, "not too intense", {PACE: "low"}),
    (PACE, "medium I guess", {PACE: "medium"}),
    (PACE, "somewhere between", {PACE: "medium"}),
    (PACE, "direct", {PACE: "high"}),
    (PACE, "don't sugarcoat it", {PACE: "high"}),
    (PACE, "purple", {}),
    (None, "please be gentle with me", {PACE: "low"}),
    # Readiness.
    (READY, "7", {READY: 7}),
    (READY, "7/10", {READY: 7}),
    (READY, "about a seven", {READY: 7}),
    (READY, "7.5", {READY: 7.5}),
    (READY, "6 or 7", {READY: 6.5}),
    (READY, "70%", {READY: 7}),
    (READY, "0", {READY: 0}),
    (READY, "not ready", {READY: 1}),
    (READY, "a bit", {READY: 3}),
    (READY, "nervous but ready", {READY: 8}),
    (READY, "very ready", {READY: 10}),
    (READY, "11", {}),
    (READY, "-3", {}),
    (READY, "blue", {}),
    (None, "I'm ready, 8 out of 10", {READY: 8}),
]


def read(asked: str | None, text: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for item in offline_extract(text, Context(asked, TODAY)):
        assert text[item.span[0] : item.span[1]] == item.quote
        assert item.quote.strip()
        assert item.confidence is None
        if isinstance(item.value, list):
            found[item.field] = [*found.get(item.field, []), *item.value]  # type: ignore[misc]
        else:
            found[item.field] = item.value
    return found


@pytest.mark.parametrize(("asked", "text", "expected"), LINES, ids=[line[1] for line in LINES])
def test_line(asked: str | None, text: str, expected: dict[str, object]) -> None:
    found = read(asked, text)
    implied = {"age_range"} if "age" in expected else set()
    assert {
        key: value for key, value in found.items() if key not in implied - expected.keys()
    } == expected


def test_the_table_is_long_enough() -> None:
    assert len(LINES) >= 150


def test_a_whole_introduction_at_once() -> None:
    text = (
        "Hi I'm Ana, 34, I have brown hair and I struggle with anxiety; "
        "I grew up in Porto. I want to sleep better"
    )
    assert read(None, text) == {
        "name": "Ana",
        "age": 34,
        "age_range": "adult",
        LOOKS: "I have brown hair",
        CONCERNS: ["anxiety"],
        "background": "I grew up in Porto",
        "goals": ["sleep better"],
    }


def test_a_name_is_corrected_only_with_a_word_of_correction() -> None:
    known = Context("values", TODAY, {"name": "Zoe"})
    assert [f.value for f in offline_extract("it's Zoë, actually", known) if f.field == "name"] == [
        "Zoë"
    ]
    assert not [f for f in offline_extract("it's Friday", known) if f.field == "name"]
