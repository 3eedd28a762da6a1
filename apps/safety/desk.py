"""The desk on a socket: what a member of staff may see of it, anew when something has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from apps.accounts.actors import Actor
from apps.realtime.hub import the_hub
from apps.realtime.models import Event
from apps.safety import services
from apps.safety.events import DESK
from smartsteps.lib.threads import run_sync

_watches: set[DeskWatch] = set()


class Viewer(Protocol):
    """A socket; whoever is logged in on it may change their token meanwhile."""

    id: str
    actor: Actor | None

    def show_desk(self, view: dict[str, Any]) -> None: ...


def _nothing(event: Event) -> str:
    return ""


class DeskWatch:
    """A hub's listener. The stream holds everybody's events, so it is only taken as a sign that
    something changed; what there is to see is read from rows, as this person may see them."""

    staff = True
    render: Callable[[Event], str] = staticmethod(_nothing)

    def __init__(self, viewer: Viewer) -> None:
        self.id = viewer.id
        self.viewer = viewer
        self.has_changed = False

    async def begin(self) -> None:
        _watches.add(self)
        await the_hub().join(DESK, self)
        await self.tell()

    async def end(self) -> None:
        _watches.discard(self)
        await the_hub().leave(DESK, self)

    async def tell(self) -> None:
        """What changes while it is read counts again."""
        self.has_changed = False
        if self.viewer.actor is not None:
            view = await run_sync(services.view_desk, by=self.viewer.actor)
            self.viewer.show_desk(view)

    def push(self, frame: str) -> None:
        self.has_changed = True

    async def push_slowly(self, frame: str) -> None:
        self.has_changed = True

    async def push_gap(self, topic: str, first: int, last: int) -> None:
        self.has_changed = True

    def whisper(self, frame: dict[str, Any]) -> None:
        """Nobody types here."""


async def tell_changed() -> None:
    """Each second at most; a watch that could not be told for want of a database stays changed."""
    for watch in [each for each in _watches if each.has_changed]:
        try:
            await watch.tell()
        except Exception:
            watch.has_changed = True
            raise


the_hub().checks.append(tell_changed)
