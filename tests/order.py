"""What waits for processes begins first, beside tests that only compute; those are many and short.

All that uses `live` is one scope: one worker starts the deployed project, once.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from pytest_django.plugin import blocking_manager_key
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests import live

LIVE = ("tests/browser/", "tests/characters_server/test_page.py", "tests/test_live.py")
SLOW = (*LIVE, "tests/faults/test_processes.py", "tests/embedded/", "tests/serving/")


def _is_live(nodeid: str) -> bool:
    return nodeid.startswith(LIVE)


def _place(item: pytest.Item) -> int:
    """Python's sort keeps the order of equals."""
    places = (place for place, path in enumerate(SLOW) if item.nodeid.startswith(path))
    return next(places, len(SLOW))


class Scopes(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return "live" if _is_live(nodeid) else scope


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scopes | None:
    return Scopes(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    yield
    if _is_live(item.nodeid) and nextitem is not None and not _is_live(nextitem.nodeid):
        live.leave_nothing(item.config.stash[blocking_manager_key])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def pytest_collection_finish() -> None:
    """All that is loaded by now stays: the garbage collector need not walk over it again."""
    gc.collect()
    gc.freeze()
