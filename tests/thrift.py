"""What every test client would do anew, always with the same result, is done once a process."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from redis import utils
from whitenoise.middleware import WhiteNoiseMiddleware


@pytest.fixture(autouse=True, scope="session")
def static_files_are_found_once() -> Iterator[None]:
    """WhiteNoise walks over two hundred files for each chain of middleware that a client loads."""
    found: dict[str, Any] = {}
    find = WhiteNoiseMiddleware.add_files_from_finders

    def find_once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            find(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", find_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def redis_knows_its_version() -> Iterator[None]:
    """It looks into its package's files for each connection, and each test opens some."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(utils, "get_lib_version", cache(utils.get_lib_version))
        yield
