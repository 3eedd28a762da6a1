"""Blind index of names and e-mail addresses: keyed hashes of folded word beginnings.

A row keeps the hash of every beginning of each of its words; a search hashes the typed words
whole. So "jan" finds Jane, the database holds no letter of her name, and an ordinary GIN
index answers.
"""

from __future__ import annotations

import re
import unicodedata

from smartsteps.lib.crypto import blind_index

CATEGORY = "client.search"
LONGEST_BEGINNING = 24  # of a word; longer ones are found by this much and by the whole
MOST_WORDS = 12
SEPARATORS = re.compile(r"[\s,;'’\-]+")
# Letters that Unicode does not decompose into a base letter and an accent.
UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


def fold(text: str) -> str:
    """Case and accents away: `Zoë Müller-Ångström` is `zoe muller-angstrom`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(UNDECOMPOSED))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def words(text: str) -> list[str]:
    return [word for word in SEPARATORS.split(fold(text)) if word][:MOST_WORDS]


def _beginnings(word: str) -> set[str]:
    return {word[:length] for length in range(1, min(len(word), LONGEST_BEGINNING) + 1)} | {word}


def row_tokens(first_name: str, last_name: str, email: str) -> list[int]:
    """Sorted hashes for all that should find this row."""
    local, _, domain = fold(email).partition("@")
    addressed = [fold(email), domain, *re.split(r"[._+\-]", local)] if email else []
    found = [*words(first_name), *words(last_name), *addressed]
    texts = {beginning for word in found if word for beginning in _beginnings(word)}
    return sorted(blind_index(CATEGORY, text) for text in texts)


def _searched(word: str) -> str:
    return word if len(word) <= LONGEST_BEGINNING or "@" in word else word[:LONGEST_BEGINNING]


def query_tokens(text: str) -> list[int]:
    """One hash per searched word; an e-mail address is a single word."""
    typed = [fold(part) for part in text.split()]
    parts = [
        part for item in typed for part in ([item] if "@" in item or "." in item else words(item))
    ]
    return sorted({blind_index(CATEGORY, _searched(part)) for part in parts[:MOST_WORDS]})
