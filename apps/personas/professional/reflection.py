"""Takes a client's own words and turns them round: "I'm worried about my son" to "you're …".

Rather says nothing than something ungrammatical or hurtful: a clause that is not safe to say
back is not quoted at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.personas.professional import lexicon

LONGEST_WORDS = 14
SHORTEST_WORDS = 3
READ_CHARS = 4000  # of a very long message the end is what the client arrived at


@dataclass(frozen=True, slots=True)
class Reflection:
    """`words` is a clause in the second person; `tentative` when it is a belief, not a fact."""

    words: str
    tentative: bool


_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_SUBJECT = r"(?:I|I'm|I've|I'd|I'll|he|she|they|it|it's|my|the|there|that|that's|we|now|then)\b"
_BREAK = re.compile(
    rf",?\s+(?:and|but|so|because|although|though|while|since|except|yet)\s+(?={_SUBJECT})"
    r"|\s*[;:]\s*|\s+[–—-]+\s+|\s*\.{2,}\s*|,\s+(?=I\b|I'm\b|he\b|she\b|they\b|it\b|it's\b|my\b)|"
    r",?\s+(?:which|anyway)\s+",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"^(?:(?:well|so|yeah|yes|yep|no|nope|okay|ok|um+|uh+|hm+|oh|look|honestly|actually|basically|"
    r"like|"
    r"and|but|also|anyway|because|then|just|hi|hello|hey|i mean|you know|to be honest|the thing is|"
    r"thanks|thank you)\b[\s,]*)+",
    re.IGNORECASE,
)
_HEDGE = re.compile(r"^I (?:guess|suppose|reckon)(?: that)? ", re.IGNORECASE)
_BELIEF = re.compile(
    r"^I (?:(?:just|really|always|often|sometimes|still) )?(?:think|believe|feel|felt)"
    r"(?: like| that| as if| as though)? (?=(?:I|I'm|I've|I'd|I'll|my|it|it's|he|she|they)\b)",
    re.IGNORECASE,
)
_START = re.compile(
    r"^(?:(?:sometimes|lately|often|usually|most days|at work|at night|at home|every day|recently|"
    r"today"
    r"|yesterday|last (?:week|night)|this (?:week|morning)),? )?(?:I|I'm|I've|I'd|my|he|she|they|"
    r"it)\b",
    re.IGNORECASE,
)
_TENTATIVE = re.compile(
    # Only near the verb of the clause itself: "I'm scared of how he will react" is a fact.
    r"^(?:\S+ ){0,3}(?:can't|cannot|couldn't|never|always|will|won't|going to|gonna|must|should|"
    r"have to|everything|nothing|too|completely|I'll)\b|^\w+'ll\b",
    re.IGNORECASE,
)
_UNSAFE = re.compile(
    # Said back, these would address the wrong person, agree with an attack, or hurt.
    r"\b(?:you|your|yours|yourself|u|ur|we|we're|we've|us|our|ours|let's|lets"
    r"|stupid|idiot|worthless|useless|failure|loser|pathetic|weak|broken|disgusting|ugly|burden|"
    r"fraud|lazy|crazy|insane|weird|freak|mess|fat|dumb|hate\w*|fault|blame|unlovable|hopeless|"
    r"wrong with"
    r"|not (?:good|smart|strong) enough|good enough|pointless|ruin\w*|fail\w*|awful|terrible|"
    r"horrible"
    r"|die|died|dead|death|dying|kill\w*|suicid\w*|murder|hurt myself|cut|cutting|passed away|"
    r"funeral|"
    r"cancer|miscarriage|rape\w*|assault\w*|abus\w+|molest\w*|hit me|hits me|beat me|beats me|"
    r"overdose\w*"
    r"|fuck\w*|shit\w*|bitch\w*|asshole|bastard|damn|crap|god|jesus|hell|sex\w*|porn"
    r"|prompt|instructions?|system|ignore|pretend|http\w*|www"
    r"|don't know|dunno|wondering|question|sorry|mean to say|just want to say|thank|thanks|lol|"
    r"haha|idk|testing|joking|kidding)\b"
    r"|[\"“”«»<>{}\[\]@#*_/\\|=`~^0-9?]",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"\b(?:and|but|or|because|to|the|a|an|my|your|of|that|if|so|with|for|like|when|is|are|was|were|"
    r"am|in|on|at|from|than|as|who|which|been|be|not|very|really|about to|I|you|I'm|you're)$",
    re.IGNORECASE,
)
_WAS = re.compile(
    r"\bI ((?:\w+ly|just|also|always|still|already|never|so) )?was(n't)?\b", re.IGNORECASE
)
_HANGING_WAS = re.compile(r"\b(?:and|but|or|then|also|just)\s+(?:was|wasn't|am)\b", re.IGNORECASE)
_SWAPS = {
    "i": "you", "i'm": "you're", "i've": "you've", "i'd": "you'd", "i'll": "you'll", "me": "you",
    "my": "your", "mine": "yours", "myself": "yourself",
}  # fmt: skip
_SWAP = re.compile(r"\b(?:I'm|I've|I'd|I'll|I|me|my|mine|myself)\b(?!')", re.IGNORECASE)
_AM = re.compile(r"\bI am\b", re.IGNORECASE)
_BARE = {
    "im": "I'm", "ive": "I've", "dont": "don't", "cant": "can't", "didnt": "didn't",
    "doesnt": "doesn't",
    "isnt": "isn't", "wasnt": "wasn't", "wont": "won't", "couldnt": "couldn't", "havent": "haven't",
    "its": "it's", "thats": "that's", "shouldnt": "shouldn't", "wouldnt": "wouldn't",
}  # fmt: skip
_BARE_WORD = re.compile(rf"\b(?:{'|'.join(_BARE)})\b", re.IGNORECASE)


def tidy(text: str) -> str:
    """Plain apostrophes, the missing ones put back, spaces single, at most READ_CHARS."""
    plain = re.sub(r"[’‘`´]", "'", text[-READ_CHARS:])
    plain = _BARE_WORD.sub(lambda found: _BARE[found[0].lower()], plain)
    return re.sub(r"[ \t\r\f\v]+", " ", plain).strip()


def reflect(text: str) -> Reflection | None:
    """The clause of `text` that is best said back, if any is fit."""
    best, best_score = None, 0
    for position, (clause, sure) in enumerate(_clauses(tidy(text))):
        words = turn_round(clause)
        if words is None:
            continue
        score = _score(clause) + min(position, 6)
        if score >= best_score:
            tentative = not sure or bool(_TENTATIVE.search(clause))
            best, best_score = Reflection(words, tentative), score
    return best


def turn_round(clause: str) -> str | None:
    """`clause` in the second person, or None when it is not safe to say back."""
    count = len(clause.split())
    if not SHORTEST_WORDS <= count <= LONGEST_WORDS or not _START.match(clause):
        return None
    if _UNSAFE.search(clause) or _DANGLING.search(clause) or _HANGING_WAS.search(clause):
        return None
    if not clause.isascii() or clause.isupper() or not _is_english(clause):
        return None
    were = _WAS.sub(lambda found: f"I {found[1] or ''}were{found[2] or ''}", clause)
    turned = _SWAP.sub(lambda found: _SWAPS[found[0].lower()], _AM.sub("I'm", were))
    turned = re.sub(r"\byou're\b(?=$|,)", "you are", turned)
    return turned[0].lower() + turned[1:]


def feeling_in(text: str) -> str | None:
    """The last feeling that the client names as their own, unless it is denied."""
    found = [hit for hit in _FEELING.finditer(tidy(text)) if not hit["no"]]
    return found[-1]["feeling"].lower() if found else None


_FEELING = re.compile(
    r"\b(?:I'm|I am|I feel|I felt|I've been|I was|feeling|makes me|made me|I get|I got)\s+"
    r"(?:(?P<no>not|never|less|no longer)\s+)?(?:(?:so|really|very|just|pretty|quite|a bit|"
    r"a little|always|still|"
    r"kind of|all|too|feeling|completely|more|also|getting)\s+){0,3}"
    rf"(?P<feeling>{'|'.join(lexicon.FEELINGS)})\b",
    re.IGNORECASE,
)


def _clauses(text: str) -> list[tuple[str, bool]]:
    """Candidates in order, each with whether it was said as a plain fact."""
    found = []
    for sentence in _SENTENCE.split(text):
        if "?" in sentence:
            continue
        for piece in [sentence, *_BREAK.split(sentence)]:
            clause = _HEDGE.sub("", _LEAD_IN.sub("", piece.strip()).strip(" .!…,;:-"))
            core = _BELIEF.sub("", clause)
            found.append((core, core == clause))
    return found


def _score(clause: str) -> int:
    count = len(clause.split())
    told = any(pattern.search(clause) for pattern in lexicon.THEMES.values())
    own = clause.lower().startswith(("i", "my")) and not clause.lower().startswith("it")
    return 4 * told + 4 * own + 3 * (5 <= count <= 11)


def _is_english(clause: str) -> bool:
    words = re.findall(r"[a-z']+", clause.lower())
    known = sum(word in lexicon.ENGLISH for word in words)
    told = any(pattern.search(clause) for pattern in lexicon.THEMES.values())
    return known >= (1 if told else 2)
