"""Reads ages: exact, by decade, by birth year or by word, and leaves other people's ages alone.

Age ranges: child below 13, teen 13-17, young_adult 18-29, adult 30-59, older_adult from 60.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.characters.facts.model import Context, Extracted, Span, fact
from apps.characters.facts.text import OTHERS, clauses, denied, fold, phrase
from apps.characters.facts.words import is_filler
from apps.characters.stages import FIELDS

ADULT_FROM_YEARS = 18
OLDEST_YEARS = 120
RANGES = ((13, "child"), (18, "teen"), (30, "young_adult"), (60, "adult"), (121, "older_adult"))
DECADE_PARTS = {"early": 2, "mid": 5, "late": 8, "": 5}

_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORD_NUMBERS = {word: number for number, word in enumerate(_UNITS + _TEENS)} | {
    word: 10 * number for number, word in enumerate(_TENS, start=2)
}
_WORDS = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_UNITS[1:])}))?|{'|'.join(_TEENS + _UNITS)})"
)
NUMBER = rf"(?P<n>\d{{1,3}}|{_WORDS})"
_OTHER_UNIT = (
    r"(?!\w)(?!\s*(?:%|/|:|\"|'|percent|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years? "
    r"(?!old|of age)|yrs? (?!old)|feet|foot|ft|inch|cm|kg|kilos?|lbs?|pounds?|stone|km|miles?|"
    r"out of|times?|kids?|children|siblings|brothers?|sisters?|cats?|dogs?|degrees|k\b|am\b|pm\b|"
    r"o'clock|points?|steps?|people|friends?|sessions?|of us|grand)|[.,]\d|-\d)(?!\s+years?\s*$)"
)
_I = r"\b(?:i'm|im|i am|i'm a|i'm an|i am a|i am an)"
_SOFT = (
    r"(?:(?:only|just|about|around|roughly|approximately|over|now|already|still|like|actually|"
    r"really|currently|a|an|age|aged) )*"
)
_YEARS_OLD = r"(?:[- ]?(?:years?|yrs?)[- ]?(?:olds?|of age)|[- ]?y/?o\b|[- ]?y\.o\.)"
_LATER_BIRTHDAY = re.compile(
    rf"\b(?:turning|i turn|about to turn|about to be|i'll be|i will be|i'll turn|gonna be|"
    rf"going to be)"
    rf" {NUMBER}{_OTHER_UNIT}"
)
_NEARLY = re.compile(rf"\b(?:almost|nearly|close to|just under|not quite) {NUMBER}{_OTHER_UNIT}")
_SAID = (
    re.compile(rf"{_I} {_SOFT}{NUMBER}(?:{_YEARS_OLD}|{_OTHER_UNIT})"),
    re.compile(
        rf"\b(?:my age(?: is|'s)?|age(?:d| is|:)?|i (?:just )?turned|i've turned):? "
        rf"{_SOFT}{NUMBER}{_OTHER_UNIT}"
    ),
    re.compile(rf"(?<![\w-]){NUMBER}{_YEARS_OLD}"),
    re.compile(
        r"\b(?:tengo|j'ai|(?:ich )?bin|ho|мне|eu tenho|tenho) (?P<n>\d{1,3})"
        r"(?: (?:años|ans|jahre|anni|лет|год|года|anos)| ?$|[,.])"
    ),
    re.compile(r"(?P<n>\d{1,3})\s?(?:岁|歳|才|세|살)"),
)
_SEX = r"(?:male|female|man|woman|guy|girl|boy|nonbinary|non-binary|enby|nb|[fm])"
_WITH_SEX = re.compile(
    rf"(?<!\w)(?:(?P<n>[1-9]\d)\s?/?{_SEX}|(?<![\w']){_SEX}\s?/?(?P<m>[1-9]\d))(?![\w'])"
)
_NOT_ABOUT_OTHERS = {"age_range", "gender_identity", "name", None}
_DECADE = re.compile(
    r"\b(?:(?P<part>early|mid|late)(?:[- ]to[- ]\w+)?[- ]?)?(?:my )?(?P<d>[1-9])0(?:'?s|"
    r"-?ish|[- ]?something|[- ]odd)\b"
    rf"|\b(?:(?P<part2>early|mid|late)(?:[- ]to[- ]\w+)?[- "
    rf"]?)?(?P<w>{'|'.join(t[:-1] for t in _TENS)})"
    r"(?:ies|y[- ]?something|y-?ish)\b"
)
_BORN = re.compile(
    r"\b(?:i was |i'm |was )?born (?:in|on)?\s?(?:[\w ,]{0,20}?)\b(?P<y>(?:19|20)\d\d)\b"
)
_BARE = re.compile(rf"(?<![\w.,/'-]){NUMBER}{_OTHER_UNIT}")
_BARE_YEAR = re.compile(r"^\W*(?P<y>(?:19|20)\d\d)\W*$")
_SCHOOL = re.compile(
    r"\b(?:i'm|im|i am|i go to|i attend) (?:(?:in|still in|to|at) )?(?:the )?(?:(?:[1-9]|"
    r"1[0-2])(?:st|nd|rd|th) grade"
    r"|year (?:[1-9]|1[0-1])\b|(?:middle|elementary|primary|junior high|high|secondary) school)"
)
_PAST = re.compile(
    r"\b(?:when|since|until|till|before|after|at|was|were|from|by|until i was|used to be|"
    r"at age|by age|in) ?"
    r"(?:i |we )?(?:was |were |turned )?(?:only |about |around |just |like |age |aged |the "
    r"age of )*$"
)
_THIRD = re.compile(
    rf"(?:{OTHERS}|\b(?:my|his|her|their|our|with|for|have|has|had)) ?[\w' ]{{0,24}}$"
)


def range_of(years: int) -> str:
    return next(name for below, name in RANGES if years < below)


def number_of(words: str) -> int:
    if words.isdigit():
        return int(words)
    return sum(WORD_NUMBERS[part] for part in re.split(r"[- ]", words))


def find_ages(text: str, context: Context) -> list[Extracted]:
    """At most one age: the last said wins, since people correct themselves forwards."""
    found: list[list[Extracted]] = []
    for start, end in clauses(text):
        found += _in_clause(text, fold(text)[start:end], start, context)
    if not found and (context.asked == "age_range" or _is_number_to_identity(text, context)):
        found = [facts for facts in (_bare(text, context),) if facts]
    return found[-1] if found else []


def _is_number_to_identity(text: str, context: Context) -> bool:
    """A number alone, where a name or a gender was asked for, is someone's age all the same."""
    words = [word for word in re.findall(r"\w+", fold(text)) if not is_filler(word)]
    alone = len(words) == 1 and re.fullmatch(r"[1-9]\d", words[0])
    return bool(alone) and context.asked in {"name", "gender_identity"}


def _in_clause(text: str, clause: str, at: int, context: Context) -> Iterator[list[Extracted]]:
    for read in (_coming, _stated, _decade, _born, _school, _word):
        facts = read(text, clause, at, context)
        if facts:
            yield facts
            return


def _own(clause: str, start: int) -> bool:
    before = clause[:start]
    return not _PAST.search(before) and not _THIRD.search(before) and not denied(before)


def _aged(text: str, span: Span, years: int, *, exact: bool = True) -> list[Extracted]:
    if not 1 <= years <= OLDEST_YEARS:
        return []
    whole = [fact("age_range", range_of(years), text, span)]
    return [*whole, fact("age", years, text, span)] if exact else whole


def _shift(match: re.Match[str], at: int) -> Span:
    return at + match.start(), at + match.end()


def _coming(text: str, clause: str, at: int, context: Context) -> list[Extracted]:
    later, nearly = _LATER_BIRTHDAY.search(clause), _NEARLY.search(clause)
    match = later or nearly
    if match is None or not _own(clause, match.start()):
        return []
    if not (later or context.asked == "age_range" or re.search(_I, clause)):
        return []
    return _aged(text, _shift(match, at), number_of(match["n"]) - 1, exact=bool(later))


def _stated(text: str, clause: str, at: int, context: Context) -> list[Extracted]:
    if context.asked == "readiness" and not re.search(r"years|yrs|\by/?o\b|\bage", clause):
        return []
    for pattern in _SAID:
        match = pattern.search(clause)
        if match and _own(clause, match.start()):
            return _aged(text, _shift(match, at), number_of(match["n"]))
    match = _WITH_SEX.search(clause)
    if match and (context.asked in _NOT_ABOUT_OTHERS or re.search(_I, clause)):
        return _aged(text, _shift(match, at), int(match["n"] or match["m"]))
    return _listed(text, clause, at)


def _listed(text: str, clause: str, at: int) -> list[Extracted]:
    """ "Ana, 34, she/her": a number alone between commas after something about oneself."""
    match = re.fullmatch(r"(?P<n>[1-9]\d)", clause)
    before = fold(text)[:at].rstrip(", ")
    if match is None or not re.search(
        r"(?:\bi'm|\bim|\bi am|name(?:'s| is)|call me)\s[^,.]+$|^[^\s,]+$", before
    ):
        return []
    return [] if _THIRD.search(before) else _aged(text, _shift(match, at), int(match["n"]))


def _decade(text: str, clause: str, at: int, context: Context) -> list[Extracted]:
    match = _DECADE.search(clause)
    if match is None or re.search(r"\bborn\b|\b(?:the|of) $", clause[: match.start()]):
        return []
    mine = context.asked == "age_range" or re.search(rf"{_I}|\bin my\b", clause[: match.end()])
    past = re.search(r"\b(?:was|were|back|since|when|during|throughout)\b", clause[: match.start()])
    if not mine or past or re.match(OTHERS, clause):
        return []
    tens = int(match["d"]) if match["d"] else 2 + [t[:-1] for t in _TENS].index(match["w"])
    years = 10 * tens + DECADE_PARTS[match["part"] or match["part2"] or ""]
    return _aged(text, _shift(match, at), years, exact=False)


def _born(text: str, clause: str, at: int, context: Context) -> list[Extracted]:
    match = _BORN.search(clause)
    if match is None or re.search(OTHERS, clause[: match.start()]):
        return []
    if not (context.asked == "age_range" or "i was" in match[0] or "i'm" in match[0]):
        return []
    return _by_year(text, _shift(match, at), int(match["y"]), context)


def _by_year(text: str, span: Span, year: int, context: Context) -> list[Extracted]:
    """Without the birthday the age is one of two; the range counts only where both agree."""
    years = context.today.year - year
    if not 1 < years <= OLDEST_YEARS:
        return []
    if range_of(years) == range_of(years - 1):
        return _aged(text, span, years, exact=False)
    return [fact("under_18", "yes", text, span)] if years == ADULT_FROM_YEARS else []


def _school(text: str, clause: str, at: int, context: Context) -> list[Extracted]:
    match = _SCHOOL.search(clause)
    if match is None or re.search(r"\bteach|\bwork", clause):
        return []
    return [fact("under_18", "yes", text, _shift(match, at))]


def _word(text: str, clause: str, at: int, context: Context) -> list[Extracted]:
    for name in ("under_18", "age_range"):
        for choice in FIELDS[name].choices:
            for synonym in choice.synonyms:
                match = phrase(synonym).search(clause)
                if match and _says_own_age(clause, match, synonym, context):
                    return [fact(name, choice.value, text, _shift(match, at))]
    return []


def _says_own_age(clause: str, match: re.Match[str], synonym: str, context: Context) -> bool:
    before = clause[: match.start()]
    if denied(before) or re.search(OTHERS, before):
        return False
    if context.asked == "age_range":
        return True
    return bool(re.search(rf"{_I} (?:\w+ ){{0,2}}$", before)) or synonym == "in my teens"


def _bare(text: str, context: Context) -> list[Extracted]:
    folded = fold(text)
    year = _BARE_YEAR.match(folded)
    if year:
        return _by_year(text, year.span("y"), int(year["y"]), context)
    numbers = [m for m in _BARE.finditer(folded) if _own(folded, m.start())]
    if not numbers or len(folded) > 80:
        return []
    return _aged(text, numbers[-1].span(), number_of(numbers[-1]["n"]))
