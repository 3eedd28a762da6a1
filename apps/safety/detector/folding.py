"""Folding of Unicode disguises to plain lower-case ASCII, keeping the way back to the original."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

# What NFKC leaves alone: Cyrillic, Greek, Armenian, small capitals, typographic punctuation.
_LOOK_ALIKES = {
    "a": "аαɑᴀӑ", "b": "ьъʙɓв", "c": "сϲᴄς", "d": "ԁɗᴅժđ", "e": "еєεᴇєҽёэ", "f": "ϝꜰƒ",
    "g": "ɡɢցɠ", "h": "һհʜнђ", "i": "іιıɩɪї", "j": "јϳᴊ", "k": "кκᴋҡĸ", "l": "ӏłʟŀǀ",
    "m": "мᴍɱ", "n": "ոпɴηиñ", "o": "оοσօøᴏө", "p": "рρᴘƿ", "q": "ԛգ", "r": "гʀгя",
    "s": "ѕꜱʂ", "t": "тτᴛţ", "u": "υսцᴜʋ", "v": "ѵνᴠ", "w": "ԝωшщᴡɯ", "x": "хχ", "y": "уγүʏч",
    "z": "ᴢʐ", "ae": "æ", "oe": "œ", "ss": "ß", "th": "þ",
    '"': "“”„‟«»″❝❞「」『』", "'": "’‘‚‛′`´ʼ＇", "-": "–—―‐‑‒−", " ": "•·⠀",
}  # fmt: skip
_EMOJI = {
    " lol ": "😂🤣💀☠😆😹😅🙃😜😝🤪",
    " knife ": "🔪🗡",
    " pills ": "💊",
    " gun ": "🔫",
    " blood ": "🩸",
    " coffin ": "⚰🪦",
    " crying ": "😭😢😞😔💔🥺😿🥀",
    " waving ": "👋",
}
_TABLE = {char: plain for plain, chars in (_LOOK_ALIKES | _EMOJI).items() for char in chars}
_STRANGE = re.compile(r"[^ -~]")
_INVISIBLE = ("Cf", "Mn", "Me", "Cc")


class Folded(NamedTuple):
    """`origin[i]` is where character i of `text` stood; None means nothing has moved."""

    text: str
    origin: list[int] | None


@lru_cache(maxsize=4096)
def fold_char(char: str) -> str:
    if char in "\n\r\t ":
        return "\n" if char in "\n\r" else " "
    if char in _TABLE:
        return _TABLE[char]
    if unicodedata.category(char) in _INVISIBLE:
        return ""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", char)).lower()
    return "".join(_TABLE.get(c, c) for c in plain if unicodedata.category(c) != "Mn")


def fold(text: str) -> Folded:
    if text.isascii() and text.isprintable():
        return Folded(text.lower(), None)
    pieces: list[str] = []
    origin: list[int] = []
    done = 0
    for match in _STRANGE.finditer(text):
        at = match.start()
        pieces.append(text[done:at].lower())
        origin.extend(range(done, at))
        plain = fold_char(match[0])
        pieces.append(plain)
        origin.extend([at] * len(plain))
        done = at + 1
    pieces.append(text[done:].lower())
    origin.extend(range(done, len(text)))
    return Folded("".join(pieces), origin)


@dataclass(frozen=True, slots=True)
class Origin:
    """Turns places in the folded text back into places in the text as typed."""

    folded: Folded
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        origin = self.folded.origin
        if origin is None:
            return start, min(end, self.length)
        return origin[start], origin[end - 1] + 1
