"""When a conversation shows signs of danger: help is shown and kept, questions wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from apps.characters import events, serializers, turns
from apps.characters.dialogue.intents import Intent, intent_of
from apps.characters.facts.countries import country_in
from apps.characters.models import Conversation
from apps.clients import services as clients
from apps.safety import denials, languages, messaging, resources
from apps.safety import services as safety
from apps.safety.detector import screen_safely
from apps.safety.models import Surface
from apps.safety.resources import Resource
from apps.safety.services import Danger

T = TypeVar("T")
PROMPT_ID = "crisis_support"
WAYS_ON = ("I'm safe, let's go on", "I need a break")
HOW_TO_GO_ON = "The questions wait. When you are safe and want to go on with them, just say so."


def says_no(row: Conversation, text: str) -> bool:
    """Asked whether they think of suicide, where nothing pointed to more than that."""
    danger = safety.danger_at(Surface.CONVERSATION, row.pk)
    if danger is None or danger.level != "moderate":
        return False
    return denials.says_no(text, danger.language)


def wants_a_break(text: str) -> bool:
    pauses = [page["ways_on"][1].casefold() for page in languages.texts().values()]
    return intent_of(text) is Intent.PAUSE or text.strip(" .!").casefold() in pauses


def show_help(row: Conversation, *, is_minor: bool) -> None:
    """The card with the lines to call, and a supportive answer."""
    danger = safety.danger_at(Surface.CONVERSATION, row.pk)
    if danger is not None:
        text, lines = _help(row, danger, is_minor=is_minor)
        events.tell(row, serializers.crisis_detected(row.pk, danger.level, text, lines))
        turns.notice(row, PROMPT_ID, text, _spoken(danger, "ways_on", WAYS_ON))


def show_lines(row: Conversation) -> None:
    """The card alone, for words that could not be screened."""
    lines = resources.for_person(_country(row), None, "unreviewed")
    frame = serializers.crisis_detected(row.pk, "unreviewed", messaging.unreviewed_text(), lines)
    events.tell(row, frame)


def failed(text: str, conversation_id: str) -> dict[str, Any] | None:
    """The card for words of danger that could not be kept, or could not be screened; else None.

    Needs no database: it is asked for when something of ours is broken.
    """
    found = screen_safely(text)
    if found.level not in safety.NOTED_LEVELS:
        return None
    language = languages.language_of(found.reason) or languages.ENGLISH
    lines = messaging.lines_for(clients.country_of(None), found.level, language)
    said = messaging.failed_text()
    return serializers.crisis_detected(conversation_id, found.level, said, lines)


def stay(row: Conversation, *, is_minor: bool) -> None:
    """Still in crisis, nothing new: answer warmly, without the card again."""
    danger = safety.danger_at(Surface.CONVERSATION, row.pk)
    if danger is not None:
        text, _ = _help(row, danger, is_minor=is_minor)
        turns.notice(row, PROMPT_ID, text, _spoken(danger, "ways_on", WAYS_ON))


def _country(row: Conversation) -> str | None:
    return row.country or clients.country_of(getattr(row.player, "client", None))


def learn_country(row: Conversation, text: str) -> bool:
    """Whether the words tell it; only asked and listened for while nobody knows it."""
    named = country_in(text) if resources.must_ask_country(_country(row)) else None
    if named is not None:
        row.country = named
    return named is not None


def _help(row: Conversation, danger: Danger, *, is_minor: bool) -> tuple[str, Sequence[Resource]]:
    country = _country(row)
    lines = messaging.lines_for(country, danger.level, danger.language)
    text = messaging.support_text(
        danger.level,
        danger.category,
        third_person=danger.third_person,
        resources=lines,
        seed=row.pk,
        turn=row.turn_count // 2,  # a player's and ours make one, or half the words go unused
        minor=is_minor,
        ask_country=resources.must_ask_country(country),
        language=danger.language,
    )
    return f"{text}\n\n{_spoken(danger, 'how_to_go_on', HOW_TO_GO_ON)}", lines


def _spoken(danger: Danger, name: str, english: T) -> T:
    """Ours in English, or the same in the person's language."""
    page: dict[str, T] = languages.texts().get(danger.language, {})
    return page.get(name, english)
