"""What somebody answers who was asked whether they are in danger."""

from __future__ import annotations

import re

from apps.safety import languages

_NOT = r"(?:not|never|cannot|\w+n['’]t|dont|cant|wont|isnt|aint|why|how)"
_WELL = r"(?:\w+\s+){0,2}?(?:safe|ok|okay|better|fine|alright|all right)\b"
_ON = (
    r"(?:go(?:ing)? on|continue|carry on|keep going|next question|move on|proceed"
    r"|back to (?:the |my )?(?:questions?|story|character))"
)
SAFE = re.compile(
    rf"\b(?:i['’]?m|i am|feeling|feel)\s+{_WELL}"
    r"|\b(?:i['’]?m|i am) not (?:in (?:any )?danger|suicidal)\b",
    re.IGNORECASE,
)
NOT_SAFE = re.compile(rf"\b(?:{_NOT}|un)\s*{_WELL}", re.IGNORECASE)
NO = re.compile(
    r"\W*(?:(?:um+|oh|what|god|well|lol)\W+)*"
    r"(?:(?:no+|nope|nah|never)"
    r"(?:\W*$|\s*[^\w\s]| (?:i|im|not|nothing|never|really|thanks|of course)\b)"
    r"|not at all\b|of course not\b)",
    re.IGNORECASE,
)
# Spanish, French, German and Portuguese, in which "no sé" is not a no.
SAFE_ELSEWHERE = re.compile(
    r"\b(?:estoy (?:a salvo|bien|mejor|segur[oa]|fuera de peligro)|sigamos|continuemos"
    r"|(?:quiero|podemos) (?:seguir|continuar)"
    r"|je suis en sécurité|je vais (?:bien|mieux)|ça va(?: mieux)?|continuons|on continue"
    r"|ich bin (?:jetzt )?(?:in sicherheit|sicher)|mir geht(?: e|['’])?s (?:gut|besser)"
    r"|mach(?:en wir|t? bitte)? weiter|weitermachen"
    r"|estou (?:bem|melhor|a salvo|em segurança|segur[oa])|vamos continuar|quero continuar)\b",
    re.IGNORECASE,
)
NOT_ELSEWHERE = re.compile(
    r"\b(?:no|não|nao|nicht|kein\w*|pas|jamais|nunca|nie|nem|ni|tampoco)\b", re.IGNORECASE
)
NO_ELSEWHERE = re.compile(
    r"\W*(?:no|não|nao|non|nein)(?:\s*[,.;:!]|\s*$| (?:gracias|merci|danke|obrigad[oa])\b)",
    re.IGNORECASE,
)
GO_ON = re.compile(rf"\b{_ON}\b", re.IGNORECASE)
NOT_ON = re.compile(
    rf"\b{_NOT}(?:\s+\w+){{0,4}}?\s+{_ON}\b|\b{_ON}\b.{{0,20}}\b(?:but|though)\b.{{0,15}}\b{_NOT}\b",
    re.IGNORECASE,
)


def wants_to_go_on(text: str) -> bool:
    """The person says, in so many words, that they are safe or want to go on."""
    if SAFE_ELSEWHERE.search(text) and not NOT_ELSEWHERE.search(NO_ELSEWHERE.sub("", text)):
        return True
    if NOT_SAFE.search(text) or NOT_ON.search(text):
        return False
    return bool(SAFE.search(text) or GO_ON.search(text))


def is_no(text: str) -> bool:
    return bool(NO.match(text) or NO_ELSEWHERE.match(text))


def says_no(text: str, language: str = languages.ENGLISH) -> bool:
    """In one language alone, since "no sé" is not a no."""
    return bool((NO if language == languages.ENGLISH else NO_ELSEWHERE).match(text))
