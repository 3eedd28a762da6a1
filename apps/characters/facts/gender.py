"""Reads gender and pronouns as a person states them; neither is ever inferred from the other."""

from __future__ import annotations

import re

from apps.characters.facts.model import Context, Extracted, fact
from apps.characters.facts.text import OTHERS, clauses, denied, fold, phrase, trim
from apps.characters.facts.words import is_filler
from apps.characters.stages import FIELDS

LONGEST_OWN_WORDS = 60
_SETS = [
    "she",
    "he",
    "they",
    "xe",
    "ze",
    "ey",
    "fae",
    "it",
    "her",
    "him",
    "them",
    "hers",
    "his",
    "theirs",
    "xem",
    "zir",
    "hir",
    "faer",
    "its",
    "any",
    "all",
    *("ella", "él", "elle", "il", "lui", "iel", "sie", "ihr", "er", "ihm"),
    *("ela", "dela", "ele", "dele", "elu", "delu"),
]
_ONE = f"(?:{'|'.join(_SETS)})"
_PRONOUNS = re.compile(rf"(?<!\w){_ONE}\s?/\s?{_ONE}(?:\s?/\s?{_ONE})?(?!\w)")
_TOLD_PRONOUNS = re.compile(
    rf"\b(?:my )?pronouns?(?: are| is|'re|:)? (?P<p>{_ONE}(?:(?: and |, | ){_ONE}){{0,2}})(?!\w)"
    rf"|\b(?P<any>any) pronouns\b|\bi (?:use|go by) (?P<u>(?:she|he|they|xe|ze|fae)(?:(?: "
    rf"and | or ){_ONE})?)(?: pronouns)?(?!\w)"
)
_I_AM = re.compile(
    r"(?:\b(?:i'm|im|i am|i identify as|i see myself as|i'd say|as|being|soy|je suis|ich bin|sou) )"
    r"(?:(?!with|dating|married|into|not|looking|afraid|scared|of|to|by|from|after|like|"
    r"for|who|that|than|seeing|around|about)"
    r"[\w'-]+ ){0,5}$"
)
_DENIED_ELSEWHERE = re.compile(r"\b(?:no soy|n[ãa]o sou|pas|nicht|kein\w*)\b")
_ALONE = re.compile(r"(?:an? )?(?:[\w-]+ ){0,2}")
_IDENTIFY = re.compile(
    r"\bi (?:identify|describe myself|see myself) as (?:an? )?(?P<g>[^,.;!?\n]{2,60})"
)
_WITH_AGE = re.compile(r"(?<!\w)(?:[1-9]\d\s?/?(?P<a>[fm])|(?<!')(?P<b>[fm])/?[1-9]\d)(?!\w)")
_LETTER = re.compile(r"^\W*(?P<g>[fm])\W*$")
_LETTERS = {"f": "female", "m": "male"}
_SYNONYMS = sorted(
    (
        (synonym, choice.value)
        for choice in FIELDS["gender_identity"].choices
        for synonym in choice.synonyms
    ),
    key=lambda pair: -len(pair[0]),
)
_OWN_LEAD = re.compile(r"^(?:i'm|im|i am|i'd say|it's|i identify as|just|maybe|well|um)(?: an?)? ")


def find_gender(text: str, context: Context) -> list[Extracted]:
    pronouns = _pronouns(text)
    gender = _gender(text, context)
    if context.asked == "gender_identity" and not gender:
        gender = _own_words(text) if not pronouns else []
    return gender + pronouns


def _pronouns(text: str) -> list[Extracted]:
    folded = fold(text)
    match = _PRONOUNS.search(folded)
    if match and not re.search(OTHERS, folded[: match.start()]):
        return [fact("pronouns", re.sub(r"\s", "", match[0]), text, match.span())]
    told = _TOLD_PRONOUNS.search(folded)
    if told is None:
        return []
    words = told["p"] or told["any"] or told["u"]
    return [fact("pronouns", re.sub(r" and |, | or | ", "/", words), text, told.span())]


def _gender(text: str, context: Context) -> list[Extracted]:
    folded = fold(text)
    for start, end in clauses(text):
        clause = folded[start:end]
        for synonym, value in _SYNONYMS:
            for match in phrase(synonym).finditer(clause):
                if _is_mine(clause[: match.start()], clause[match.end() :], context):
                    return [
                        fact(
                            "gender_identity",
                            value,
                            text,
                            (start + match.start(), start + match.end()),
                        )
                    ]
    return _identified(text) or _letter(text, context)


def _is_mine(before: str, after: str, context: Context) -> bool:
    if (
        denied(before)
        or _DENIED_ELSEWHERE.search(before)
        or re.search(OTHERS, before)
        or re.match(r"'s\b|s\b| (?:friend|of(?! course)|named|who)\b", after)
    ):
        return False
    if context.asked == "gender_identity":
        return True
    return bool(_I_AM.search(before) or (_ALONE.fullmatch(before) and not after.strip()))


def _identified(text: str) -> list[Extracted]:
    match = _IDENTIFY.search(fold(text))
    if match is None:
        return []
    span = trim(text, match.span("g"))
    return [fact("gender_identity", text[span[0] : span[1]], text, span)]


def _letter(text: str, context: Context) -> list[Extracted]:
    folded = fold(text)
    match = _WITH_AGE.search(folded)
    if match and re.search(r"\bi'm|\bim\b|\bi am|^\W*\w+\W*$", folded):
        return [fact("gender_identity", _LETTERS[match["a"] or match["b"]], text, match.span())]
    alone = _LETTER.match(folded)
    if alone and context.asked == "gender_identity":
        return [fact("gender_identity", _LETTERS[alone["g"]], text, alone.span("g"))]
    return []


def _own_words(text: str) -> list[Extracted]:
    """A description of one's own stays as it was said, if it is short enough to be one."""
    start, end = trim(text, (0, len(text)))
    lead = _OWN_LEAD.match(fold(text)[start:end])
    span = (start + (lead.end() if lead else 0), end)
    words = text[span[0] : span[1]]
    if not words or len(words) > LONGEST_OWN_WORDS or is_filler(words) or "?" in words:
        return []
    if any(char.isdigit() or char in ",;" for char in words) or len(words.split()) > 6:
        return []
    if re.search(r"\b(?:my|the|friends?|lot)\b", fold(words)):
        return []
    return [fact("gender_identity", words, text, span)]
