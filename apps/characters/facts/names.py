"""Reads the name a person gives, in many scripts and in the ways people say it."""

from __future__ import annotations

import re
import unicodedata

from apps.characters.facts.model import Context, Extracted, Span, fact
from apps.characters.facts.text import OTHERS, clauses, fold
from apps.characters.facts.words import can_be_name, is_filler

LONGEST_NAME = 60
SHOUTED_NAME = 3  # longer ones in capitals are no initials
MAX_NAME_WORDS = 4
_PARTICLES = frozenset(
    [
        "de",
        "del",
        "della",
        "di",
        "da",
        "das",
        "do",
        "dos",
        "du",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "bin",
        "ibn",
        "al",
        "el",
        "y",
        "e",
    ]
)
_CONNECTORS = frozenset(
    ("i", "i'm", "im", "and", "but", "is", "am", "not", "it", "from", "my", "है")
)
_TOKEN = re.compile(
    r"(?:[A-Z]|Dr|Mr|Mrs|Ms|Mx|Prof)\.(?=\s)|[^\W\d_][^\s,.;:!?()\"“”…/\\<>，、。！？؟،]*"
)
_HANDLE = re.compile(r"[\w.'-]{1,40}")

_SOFT = r"(?:(?:actually|just|really|simply|now|in fact|um|uh|well|either)[, ]+)*"
# What somebody is called goes before what their name is: "I'm named Margarete, call me Maggie".
_TOLD = tuple(
    re.compile(pattern + _SOFT)
    for pattern in (
        r"\b(?<!don't )(?<!not )(?<!never )call me\s+",
        r"\bcalls me\s+",
        r"\bi(?:'m| am|'d)? (?:(?:usually|mostly|also|prefer to|like to|want to) )?(?:go|"
        r"going) by\s+(?:the name (?:of )?)?",
        r"\bi (?:use|want|chose) the name\s+",
        r"\bi(?:'m| am) (?:called|named|known as)\s+",
        r"\bmy (?:(?:full|first|real|actual|preferred|chosen|given) )?(?:nick)?name(?:'s| "
        r"is| would be| should be|:| =|\?(?: it'?s| is)?)\s*",
        r"\b(?:the )?name(?:'s| is|:)\s+",
        r"^\W*name\s+(?=\w)",
        r"\b(?:it's|it is|that's)? ?spel(?:led|t)\s+(?:like |as )?",
        r"\b(?:me llamo|mi nombre es|je m'appelle|mon nom est|ich hei(?:ß|ss)e|mein name "
        r"ist|mi chiamo|"
        r"meu nome é|me chamo|ik heet|jag heter|jeg heter|mam na imię|nazywam się|jmenuji "
        r"se|benim adım|"
        r"adım|ben|numele meu este|a nevem|меня зовут|мене звати|με λένε|اسمي|אני|שמי|मेरा "
        r"नाम|tên tôi là|"
        r"nama saya|jina langu ni)\s+",
        r"(?:我叫|我的名字是|我是|私の名前は|私は|제 이름은|저는)\s*",
    )
)
_BY_OTHERS = re.compile(rf"(?:{OTHERS}|\bnot|\bused to|\bdon't) ?(?:always |to )?$")
_BY_ALL = re.compile(r"\b(?:everyone|everybody|people|friends|they) (?:always |usually |just )?$")
_I_AM = re.compile(
    r"\b(?:i'm|im|i am|this is|c'est|soy|je suis|ich bin|sono|sou(?: [ao])?)\s+" + _SOFT
)
_IT_IS = re.compile(
    r"^\W*(?:(?:no|nope|um|uh|well|oh|sorry|actually|wait|hi|hello|hey|ok|okay|sure|so)[,.! ]+)*"
    r"(?:it'?s|it is|that's|that would be|i'd like|i like|i prefer|use|let's (?:use|say|go "
    r"with)|you can use|make it|"
    r"make that|i meant|i mean)\s+" + _SOFT
)
_LEAD_IN = re.compile(
    r"\W*(?:(?:hi|hello|hey|yes|yeah|yep|sure|ok|okay|um|uh|well|so|oh|just|please|maybe|"
    r"actually|sorry|wait|no)"
    r"(?: there)?[,.! ]+)*"
)
_AFTER = re.compile(
    r"^\s*(?:with (?:an?|one|two)\b|"
    r"is (?:my (?:nick)?name|fine|ok|okay|good|what)|works|will do|please|here|i "
    r"guess|i think|pls|thanks|"
    r"thank you|now|actually|but|and|:\)|$|[,.!;()\n،，])"
)
_ENDINGS = ("입니다", "이에요", "예요", "です", "と申します")


def find_name(text: str, context: Context) -> list[Extracted]:
    told = _told(text)
    if told is None and (context.asked == "name" or "name" not in context.known):
        told = _i_am(text, context)
    if told is None and context.asked == "name":
        told = _after(_IT_IS, text) or _bare(text)
    if told is None and "name" in context.known:
        told = _corrected(text)
    return [_fact(text, told)] if told else []


def _told(text: str) -> Span | None:
    folded = fold(text)
    for pattern in _TOLD:
        for match in pattern.finditer(folded):
            before = folded[max(0, match.start() - 20) : match.start()]
            if _BY_OTHERS.search(before) and not _BY_ALL.search(before):
                continue
            span = _name_at(text, match.end())
            if span:
                return span
    return _before_is_my_name(text)


def _before_is_my_name(text: str) -> Span | None:
    match = re.search(r"(\S+) is my (?:nick|first )?name\b", fold(text))
    return _name_at(text, match.start(1)) if match else None


def _i_am(text: str, context: Context) -> Span | None:
    """ "I'm Ana", but not "I'm tired" or, in passing, "i'm canadian"."""
    for match in _I_AM.finditer(fold(text)):
        span = _name_at(text, match.end(), told=False)
        if span and (_is_proper(text[span[0]]) or (context.asked == "name" and _ends(text, span))):
            return span
    return None


def _ends(text: str, span: Span) -> bool:
    return bool(re.match(r"\s*(?:$|[,.!;\n]|and i\b|but\b|\()", fold(text)[span[1] :]))


def _after(pattern: re.Pattern[str], text: str) -> Span | None:
    match = pattern.search(fold(text))
    return _name_at(text, match.end()) if match else None


def _corrected(text: str) -> Span | None:
    """ "it's Zoë, actually" once a name is known: only with a word of correction and a capital."""
    folded = fold(text)
    if not re.search(r"\b(?:actually|sorry|no|wait|i mean|i meant|rather|correction)\b", folded):
        return None
    span = _after(_IT_IS, text) or _after(_I_AM, text)
    return span if span and _is_proper(text[span[0]]) else None


def _bare(text: str) -> Span | None:
    """The whole answer, or its first part, is the name."""
    said = next((span for span in clauses(text) if not is_filler(text[span[0] : span[1]])), None)
    if said is None:
        return None
    lead = _LEAD_IN.match(fold(text), said[0])
    span = _name_at(text, lead.end() if lead else said[0])
    if span and _AFTER.match(_without_symbols(fold(text)[span[1] :])):
        return span
    return _handle(text)


def _handle(text: str) -> Span | None:
    """A screen name such as "xX_sam_99": one word with letters in it."""
    word = text.strip()
    usable = _HANDLE.fullmatch(word) and any(char.isalpha() for char in word)
    if not usable or not can_be_name(word) or is_filler(word) or re.fullmatch(r"\d+\w{1,3}", word):
        return None
    start = text.index(word)
    return start, start + len(word)


def _without_symbols(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in {"So", "Sk", "Cf"})


def _name_at(text: str, start: int, *, told: bool = True) -> Span | None:
    """The name that begins at `start`: up to four words that belong together."""
    end, count, particle_from = start, 0, None
    position = start
    while count < MAX_NAME_WORDS and (match := _TOKEN.match(text, position)):
        word = _clean(match[0])
        if not word or not _belongs(text[start:end], word, told=told):
            break
        if fold(word) in _PARTICLES and count:
            particle_from = end if particle_from is None else particle_from
        else:
            particle_from = None
        end, count = match.start() + len(word), count + 1
        if len(word) < len(match[0]) or end >= len(text) or text[end] != " ":
            break
        position = end + 1
    end = end if particle_from is None else particle_from
    return (
        (start, end) if 0 < end - start <= LONGEST_NAME and not is_filler(text[start:end]) else None
    )


def _belongs(so_far: str, word: str, *, told: bool) -> bool:
    if not so_far:
        return can_be_name(word, told=told)
    if _is_proper(so_far[0]) and _is_proper(word[0]):
        return fold(word) not in _CONNECTORS
    if not can_be_name(word):
        return False
    last = so_far.split()[-1]
    if _is_proper(so_far[0]):
        return fold(word) in _PARTICLES
    return len(word) > 1 and (last in _PARTICLES or word in _PARTICLES or last == so_far)


def _is_proper(char: str) -> bool:
    """A capital, or a letter of a script without capitals."""
    return char.isupper() or unicodedata.category(char) in {"Lo", "Lt"}


def _clean(word: str) -> str:
    while word and unicodedata.category(word[-1])[0] not in "LM" and not word.endswith("."):
        word = word[:-1]
    for ending in _ENDINGS:
        word = word.removesuffix(ending)
    return word


def _fact(text: str, span: Span) -> Extracted:
    return fact("name", as_name(text[span[0] : span[1]]), text, span)


def as_name(words: str) -> str:
    """ "mary jane" and "GERALD" are written as names; anything else stays as it was."""
    if words.isupper() and len(words) > SHOUTED_NAME:
        words = words.lower()
    if words != words.lower() or any(char.isdigit() or char == "_" for char in words):
        return words
    parts = words.split(" ")
    kept = (p if i and p in _PARTICLES else p[:1].upper() + p[1:] for i, p in enumerate(parts))
    return " ".join(kept)
