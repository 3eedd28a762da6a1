"""What can't be taken as an answer. What people tell about their own lives always can."""

from __future__ import annotations

import re
import unicodedata

from apps.characters.facts.text import fold

LONGEST_TEXT_CHARACTERS = 2_000
_KEPT_CONTROLS = {"\t", "\n", "\r"}
_OVERRIDES = {"\u202d", "\u202e"}  # they make staff read something else than what was sent

# Somebody else said or did it: the person is telling us, not addressing us.
_TOLD_OF = (
    r"\b(?:said|says|saying|told|tells|called|calls|calling|yell\w*|scream\w*|shout\w*|"
    r"asked|asks|wrote|texted|"
    r"that|who|when|because|he|she|they|my|mother|father|always|keeps|hears?|voices?|"
    r"thinks?|thought)\b"
)
_US = (
    r"(?:bot|robot|machine|ai|program|computer|thing|app|software|chatbot|pile|"
    r"piece of (?:shit|crap|junk|garbage))"
)
_INSULT = (
    r"(?:stupid|dumb|useless|worthless|idiot|moron|retard(?:ed)?|pathetic|trash|garbage|"
    r"shitty|fucking|bloody|damn|goddamn|ugly|"
    r"bitch|asshole|cunt|whore|slut|idiotic|lousy)"
)
_ABUSIVE = (
    re.compile(
        r"^\W*(?:(?:just|oh|well|ok|hey|please|no|and|so) )*(?:fuck (?:you|u|off)|f\*+k "
        r"(?:you|off)|screw you|piss off|"
        r"shut (?:the fuck )?up|go to hell|go fuck yourself|suck my|eat shit|kys|kill "
        r"yourself|die)\b"
    ),
    re.compile(
        rf"\b(?:you|u|ur|you're|youre) (?:are |is |r )?(?:an? |such an? |so |just |all |"
        rf"really |fucking )*{_INSULT}\b"
    ),
    re.compile(rf"^\W*(?:(?:you|what an?|such an?|hey) )?(?:{_INSULT}\W+)+{_US}\b"),
    re.compile(
        r"\bi(?:'ll| will|'m going to| want to) (?:kill|hurt|beat|rape|find|destroy) (?:you|u)\b"
    ),
)
_BOUNDARY = (
    re.compile(
        r"^\W*(?:(?:please|hey|come on|and|so|ok|can you|could you|will you|would you|do "
        r"you want to|let's|lets|wanna|i want you to|i want to|"
        r"i'd like to) )*(?:send (?:me )?(?:nudes?|naked)|talk dirty|sext|have sex with "
        r"(?:me|you)|fuck me|suck me|kiss me|"
        r"take off your|undress|touch yourself|sit on my|be my (?:girlfriend|boyfriend|"
        r"slave|mistress|sugar)|role ?play (?:sex|as my (?:girl|boy)friend)|"
        r"sleep with (?:me|you)|make love to (?:me|you)|marry me|jerk|masturbate (?:with|for))"
    ),
    re.compile(
        r"\b(?:are you (?:horny|wet|naked|single|turned on)|what are you wearing|you turn "
        r"me on|i(?:'m| am) (?:horny|hard|wet) for you|"
        r"i want to (?:fuck|have sex with|sleep with|kiss|touch) (?:you|u)\b|you(?:'re| "
        r"are) (?:so )?(?:sexy|hot)\b)"
    ),
)
_INJECTION = (
    re.compile(
        r"(?:^|[.!:;\n,])[^\w\n]{0,3}(?:(?:please|now|and|then|so|ok|you (?:must|should|"
        r"will)|i want you to|can you|could you) ){0,4}"
        r"(?:ignore|disregard|forget|override|bypass)(?: \w+){0,3} (?:instructions?|"
        r"prompts?|rules?|guidelines|programming|training)\b",
    ),
    re.compile(
        r"\b(?:reveal|show|print|repeat|output|tell me|give me|what(?:'s| is| are))(?: "
        r"me)? (?:your|the) (?:\w+ )?(?:system )?(?:prompt|instructions|hidden rules)\b"
    ),
    re.compile(
        r"\byou are now (?:an? |in |the )?(?:\w+ )?(?:dan|jailbroken|unrestricted|evil|"
        r"developer|admin|root|hacker|god)\b"
    ),
    re.compile(
        r"\b(?:developer|dan|god|jailbreak|sudo|admin) mode\b|\bjailbreak\b|\bsystem prompt\b"
    ),
    re.compile(
        r"<\|?(?:im_start|im_end|system|endoftext)\|?>|^\W{0,4}(?:system|assistant|"
        r"developer)\s*:|\[/?inst\]|^#+\s*(?:system|instruction)",
        re.MULTILINE,
    ),
    re.compile(
        r"\b(?:pretend|act as if|imagine) (?:that )?you (?:have no|are not bound by|don't "
        r"have any) (?:rules|limits|restrictions|guidelines|filters?)\b"
    ),
)


def problem_with(text: str) -> str | None:
    """The reason a text is refused, a key of script/refusals.yaml, or None."""
    if len(text) > LONGEST_TEXT_CHARACTERS:
        return "too_long"
    if _has_controls(text):
        return "control"
    if not any(_is_visible(char) for char in text):
        return "empty"
    return _said_to_us(fold(text))


def _has_controls(text: str) -> bool:
    return any(
        char in _OVERRIDES
        or (unicodedata.category(char) in {"Cc", "Cs"} and char not in _KEPT_CONTROLS)
        for char in text
    )


def _is_visible(char: str) -> bool:
    return unicodedata.category(char)[0] not in "ZC" and unicodedata.category(char) != "Mn"


def _said_to_us(folded: str) -> str | None:
    for reason, patterns in (
        ("injection", _INJECTION),
        ("abusive", _ABUSIVE),
        ("boundary", _BOUNDARY),
    ):
        if any(_addressed(pattern, folded) for pattern in patterns):
            return reason
    return None


def _addressed(pattern: re.Pattern[str], folded: str) -> bool:
    return any(
        not re.search(_TOLD_OF, folded[max(0, match.start() - 60) : match.start()])
        and not folded[: match.start()].rstrip().endswith('"')
        for match in pattern.finditer(folded)
    )
