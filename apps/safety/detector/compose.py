"""What signs mean together: a farewell alone is nothing, a farewell for tonight is a danger."""

from __future__ import annotations

from dataclasses import dataclass

from apps.safety.detector.finding import RANK, Category, Level


@dataclass(frozen=True, slots=True)
class Combination:
    signs: frozenset[str]
    level: Level
    category: Category


def _of(signs: str, level: Level, category: Category = "suicidal_ideation") -> Combination:
    return Combination(frozenset(signs.split()), level, category)


COMBINATIONS: tuple[Combination, ...] = (
    _of("intent now", "critical"),
    _of("intent farewell", "critical"),
    _of("means alone", "high"),
    _of("means secret", "high"),
    _of("place secret", "high"),
    _of("means alone ready", "critical"),
    _of("means alone now", "critical"),
    _of("unreachable intent", "critical", "immediate_danger"),
    _of("intent ready", "critical"),
    _of("wish now means", "critical"),
    _of("intent means", "critical"),
    _of("means now ready", "critical"),
    _of("means now farewell", "critical"),
    _of("means now no_future", "critical"),
    _of("means now day", "critical"),
    _of("farewell day", "critical"),
    _of("farewell now", "critical"),
    _of("farewell ready", "critical"),
    _of("farewell no_future", "critical"),
    _of("farewell means", "critical"),
    _of("ready no_future", "critical"),
    _of("ready day", "critical"),
    _of("no_future now", "critical"),
    _of("no_future day", "critical"),
    _of("theirs unreachable", "critical", "immediate_danger"),
    _of("unreachable means", "critical", "immediate_danger"),
    _of("wish means", "high"),
    _of("wish farewell", "high"),
    _of("wish ready", "high"),
    _of("hopeless means", "high"),
    _of("hopeless farewell", "high"),
    _of("hopeless ready", "high"),
    _of("means weary", "high"),
    _of("place weary", "high"),
    _of("wish place", "high"),
    _of("place farewell", "critical"),
    _of("place ready", "critical"),
    _of("hopeless place", "high"),
    _of("farewell love", "high"),
    _of("love ready", "high"),
    _of("love now day", "critical"),
    _of("love no_future", "high"),
    _of("love means", "critical"),
    _of("love place", "critical"),
    _of("love intent", "critical"),
    _of("love wish", "high"),
    _of("place means", "critical"),
    _of("giving farewell", "high"),
    _of("giving no_future", "high"),
    _of("giving hopeless", "high"),
    _of("no_future weary", "moderate"),
    _of("hopeless no_future", "high"),
)


def strongest(signs: frozenset[str], *parties: frozenset[str]) -> Combination | None:
    """The gravest combination of `signs` that one of each party takes part in."""
    if not signs or not all(parties):  # nearly every text
        return None
    met = [c for c in COMBINATIONS if c.signs <= signs and all(c.signs & p for p in parties)]
    return max(met, key=lambda c: RANK[c.level], default=None)
