from __future__ import annotations

from datetime import date, timedelta

import pytest

from apps.safety import resources
from apps.safety.resources import directory, for_person, must_ask_country


def test_emergency_number_comes_first_at_critical() -> None:
    first, second, *_ = for_person("GB", "en", "critical")
    assert (first.kind, first.contact) == ("emergency", "999")
    assert (second.name, second.contact) == ("Samaritans", "116 123")


def test_high_ends_with_the_emergency_number() -> None:
    assert [r.kind for r in for_person("us", "en", "high")] == ["line", "line", "emergency"]


def test_moderate_shows_lines_only() -> None:
    assert {r.kind for r in for_person("FR", "fr", "moderate")} == {"line"}


def test_language_orders_within_the_country() -> None:
    assert for_person("BE", "fr", "moderate")[0].contact == "0800 32 123"
    assert for_person("BE", "nl", "moderate")[0].contact == "1813"


@pytest.mark.parametrize("language", ["es", "pt", "de", None])
def test_country_is_never_guessed_from_the_language(language: str | None) -> None:
    shown = for_person(None, language, "critical")
    assert [r.kind for r in shown] == ["emergency", "directory"]
    assert shown[1].contact == "https://findahelpline.com"
    assert must_ask_country(None)


def test_unlisted_country_gets_the_directory() -> None:
    assert [r.kind for r in for_person("KE", "en", "moderate")] == ["directory"]
    assert must_ask_country("KE")
    assert not must_ask_country("DE")


def test_116_123_is_shown_only_where_a_row_says_so() -> None:
    shown = {r.country for r in directory().lines if "116 123" in r.contact}
    assert shown == {"GB", "IE", "NO"}


def test_unreviewed_is_answered_like_high() -> None:
    assert for_person("DE", "de", "unreviewed") == for_person("DE", "de", "high")


def test_lines_go_stale() -> None:
    checked = date(2026, 11, 21)
    assert resources.stale(checked + timedelta(days=180)) == []
    late = resources.stale(checked + timedelta(days=181))
    assert "988" in {r.contact for r in late}
    assert not set(late) & set(resources.unverified())


def test_every_line_can_be_reached() -> None:
    for line in directory().lines:
        assert line.contact
        assert line.emergency
        assert line.channels
        assert line.languages
        assert line.country is not None
        assert len(line.country) == 2
