"""Notices when an answer is heavy, so that the reply is quiet and not cheerful."""

from __future__ import annotations

import re
from collections.abc import Collection

from apps.characters.facts.text import fold

# Levels of apps.safety that reach the interview as flags.
_FLAGGED = {"low", "moderate", "high", "critical", "distress"}
_HEAVY = re.compile(
    r"\b(?:hate (?:how|the way|my|being|myself)|"
    r"(?:don'?t|do not) (?:really |much )?like (?:how i|the way i|my (?:body|face|looks?))|"
    r"ugly|disgusting|died|dies|death|dead|dying|passed away|killed|suicid\w*|self[- "
    r"]harm\w*|abus\w+|"
    r"rap(?:ed|e)|assault\w*|"
    r"molest\w*|violen\w+|beat(?:s|en|ing)? me|hits? me|hurts? me|touch(?:es|ed) me|"
    r"trauma\w*|ptsd|hopeless\w*|worthless|"
    r"cry(?:ing)?|cancer|miscarr\w+|funeral|grief|griev\w+|nightmares?|homeless|addict\w*|"
    r"relaps\w*|"
    r"(?:leaves?|left|leaving) me|hates? me|no one (?:cares|likes|loves)|nobody (?:cares|"
    r"likes|loves)|(?:all|so|completely) alone|hate myself|"
    r"can't (?:go on|cope|take it)|depress\w+|lonely|loneliness|divorc\w+|bull(?:y|ied|ying)|"
    r"lost my (?:mother|mom|mum|father|dad|son|daughter|baby|child|wife|husband|partner|"
    r"brother|sister|friend|job|home)|"
    r"prison|jail|refugee|the war|foster care|orphan\w*|drank|drunk|alcoholic|terminal\w*|"
    r"chemo\w*|panic\w*|burn(?:t|ed) ?out)\b"
)


def is_heavy(text: str, flags: Collection[str]) -> bool:
    return bool(_FLAGGED & set(flags)) or bool(_HEAVY.search(fold(text)))
