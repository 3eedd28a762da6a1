"""What foreign keys can't reach when a client is erased: the apps above say how to find it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db.models import Model


@dataclass(frozen=True)
class Gone:
    """The keys of the rows that went by foreign key, and how many went from which table."""

    keys: Mapping[type[Model], frozenset[str]]
    removed: Counter[str] = field(default_factory=Counter)

    def of(self, model: type[Model]) -> frozenset[str]:
        return self.keys.get(model, frozenset())

    @property
    def ids(self) -> frozenset[str]:
        """The public ones of all models, by which other tables may speak of these rows."""
        return frozenset(key for keys in self.keys.values() for key in keys if not key.isdigit())

    def count(self, deleted: tuple[int, dict[str, int]]) -> None:
        """What `delete()` answers."""
        self.removed.update(deleted[1])


Eraser = Callable[[Gone], None]
erasers: list[Eraser] = []


def register(eraser: Eraser) -> None:
    """It runs in the transaction that erases, when nothing points to the gone rows any more."""
    erasers.append(eraser)
