"""Reads free text: the answer to an open question, and facts told before they were asked for."""

from __future__ import annotations

import re

from apps.characters.facts.items import without_lead_in
from apps.characters.facts.model import Context, Extracted, Span, fact
from apps.characters.facts.text import OTHERS, clauses, fold, trim
from apps.characters.facts.words import is_filler
from apps.characters.stages import FIELDS

_COLOUR = (
    "black|brown|blond|blonde|red|ginger|grey|gray|white|blue|green|hazel|dark|light|pink|"
    "purple|auburn|"
    "long|short|curly|straight|wavy|thick|thin|dyed|shaved|bright|big|silver|golden|my|no|"
    "little|wearing|wear"
)
EARLY = {
    "physical_description": re.compile(
        rf"\b(?:{_COLOUR})[\w -]{{0,20}}\b(?:hair|haired|eyes|eyed|beard|moustache|"
        rf"mustache|skin|glasses|freckles|braids|dreads)\b"
        r"|\b(?:freckles|tattoos|brunette|redhead|bald|dreadlocks|hijab|wheelchair|"
        r"1[4-9]\d ?cm|[4-6]'\s?\d{1,2}|[4-6] ?(?:ft|feet|foot))\b"
        r"|^(?:and )?(?:i'm |im |i am )?(?:(?:kind of|kinda|sort of|pretty|quite|very|"
        r"rather|a bit|fairly|really|average|medium) )*"
        r"(?:tall|petite|slim|skinny|chubby|curvy|muscular|athletic|stocky|height|build|"
        r"short)\b(?=$| (?:and|with|but|build|height|guy|man|woman|girl|boy|person|figure|body)\b)"
    ),
    "relationships": re.compile(
        r"\b(?:i'm|im|i am) (?:happily |recently |newly )?(?:married|divorced|widowed|"
        r"engaged|in a relationship|separated|single)\b"
        r"|\bi (?:live|am living) (?:with|alone)\b|\bi'm living with\b"
        r"|\bi have (?:a|an|one|two|three|four|five|\d|no|many|lots of|a few)(?: \w+)? "
        r"(?:kids?|children|sons?|daughters?|sisters?|brothers?|siblings|friends?|wife|"
        r"husband|partner|boyfriend|girlfriend|dogs?|cats?)\b"
    ),
    "background": re.compile(
        r"\bi (?:grew up|was raised|was born (?:and raised )?in (?!19|20|the)|come from|am "
        r"originally|immigrated|emigrated|served in|"
        r"work (?:as|at|in|for)|study|studied|moved (?:here|to|from))\b|\b(?:i'm|i am|im) "
        r"(?:originally )?from\b"
        r"|\b(?:i'm|im|i am) (?:a|an) (?:\w+ )?(?:nurse|teacher|student|engineer|"
        r"programmer|developer|lawyer|cook|chef|waiter|waitress|driver|"
        r"farmer|artist|writer|musician|designer|accountant|manager|carpenter|electrician|"
        r"mechanic|cleaner|veteran|soldier|paramedic|firefighter|librarian|scientist|"
        r"researcher)\b"
    ),
    "values": re.compile(
        r"\bi (?:really |deeply |truly |strongly )?(?:value|believe in|care (?:most |"
        r"deeply )?about)\b"
        r"|\b(?:is|are) (?:really |very |most |the most )?important to me\b|\bmatters? "
        r"(?:most |a lot )?to me\b|\bmeans? (?:a lot|everything|the world) to me\b"
    ),
}
# Stories about oneself hold everything; only clear-cut facts are taken out of them as well.
STORIES = {"background", "relationships"}
_SELF_INTRO = re.compile(
    r"^(?:(?:hi|hello|hey|yes|ok|okay|sure|and|well|so|actually|no|sorry|oh|i mean|i meant|"
    r"wait|but|please)\b[, ]*)*"
    r"(?:(?:my (?:nick)?name|the name|call me|i'm|im|i am|it's|i go by|age|my age|my "
    r"pronouns|pronouns|i use|i identify as|i)\b.*)?$"
)


def early_facts(text: str, context: Context) -> list[Extracted]:
    """Clauses that clearly belong to a later question, joined when there are several."""
    spans: dict[str, list[Span]] = {}
    for span in clauses(text):
        name = _belongs_to(fold(text)[span[0] : span[1]])
        if name:
            spans.setdefault(name, []).append(span)
    return [_joined(name, text, found) for name, found in spans.items() if name != context.asked]


def _belongs_to(clause: str) -> str | None:
    if re.match(OTHERS, clause):
        return None
    return next((name for name, pattern in EARLY.items() if pattern.search(clause)), None)


def _joined(name: str, text: str, spans: list[Span]) -> Extracted:
    whole = (spans[0][0], spans[-1][1])
    pieces = [text[start:end] for start, end in spans]
    if name == "values":
        cores = [without_lead_in(text, span) for span in spans]
        return fact(name, [text[start:end] for start, end in cores], text, whole)
    return fact(name, ", ".join(pieces), text, whole)


def open_answer(name: str, text: str, taken: list[Extracted]) -> list[Extracted]:
    """The person's own words, without the parts that said something else entirely."""
    if name in STORIES:
        taken = [found for found in taken if _introduces(found)]
    rest = remaining(text, taken)
    if not rest or all(is_filler(text[start:end]) for start, end in rest):
        return []
    if name in STORIES or not taken:
        span = _without_filler(text, (rest[0][0], rest[-1][1]))
        return [fact(name, text[span[0] : span[1]], text, span)]
    return [_joined(name, text, rest)]


def _introduces(found: Extracted) -> bool:
    """A name or an age said by the way; "I was born in Cork in 1953" belongs to the story."""
    return FIELDS[found.field].stage == "identity" and "born" not in fold(found.quote)


def remaining(text: str, taken: list[Extracted]) -> list[Span]:
    """The clauses in which nothing else was found and which are no mere introduction."""
    folded = fold(text)
    return [span for span in clauses(text) if not _explained(folded, span, taken)]


def _explained(folded: str, span: Span, taken: list[Extracted]) -> bool:
    """Whether the clause is used up: what stands around the facts is only a frame."""
    inside = [fact for fact in taken if fact.span[0] < span[1] and span[0] < fact.span[1]]
    if not inside:
        return is_filler(folded[span[0] : span[1]])
    start = min(fact.span[0] for fact in inside)
    end = max(fact.span[1] for fact in inside)
    before, after = folded[span[0] : max(span[0], start)].strip(), folded[end : span[1]].strip()
    return bool(_SELF_INTRO.match(before)) and len(after.split()) <= 2


def _without_filler(text: str, span: Span) -> Span:
    lead = re.match(
        r"(?:(?:idk|well|um+|uh+|so|hmm+|oh|ok|okay|yes|yeah|sure),? )+",
        fold(text)[span[0] : span[1]],
    )
    return trim(text, (span[0] + (lead.end() if lead else 0), span[1]))
