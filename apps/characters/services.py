"""What a player may do with a conversation; safety is looked at before anything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.characters import content_rules, crisis, events, interview, serializers, turns
from apps.characters.extraction import offline_extract
from apps.characters.facts.model import Extractor
from apps.characters.models import OPEN, Conversation, Role, Status, Turn
from apps.safety import services as safety
from apps.safety.detector import WINDOW, Finding, screen_safely
from apps.safety.models import Surface
from smartsteps.lib import clock, limits
from smartsteps.lib.errors import conflict, denied, not_found, rate_limited

MESSAGES_PER_MINUTE = "60/minute"
MAX_OPEN = 10
PAUSED_TEXT = "Paused. Everything you told me is kept, and we go on whenever you like."
ABANDONED_TEXT = "We stop here. Nothing more is asked, and what was said is deleted in a week."


class Stale(Exception):
    """The answer is to a question that has been answered meanwhile, on another device."""


@dataclass(frozen=True)
class Accepted:
    """A stored answer. `refusal` is the kind re-prompt for one that can't be taken."""

    conversation: Conversation
    turn: Turn
    is_settled: bool = False
    refusal: str | None = None


def get_conversation(conversation_id: str, *, by: Actor) -> Conversation:
    """Raises DomainError 404."""
    row = Conversation.objects.visible_to(by).filter(pk=conversation_id).first()
    if row is None:
        raise not_found("Conversation not found")
    return row


def _locked(conversation_id: str, *, by: Actor) -> Conversation:
    """The row's lock puts the answers of two sockets in an order."""
    rows = Conversation.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    row = rows.filter(pk=conversation_id).select_related("player__client").first()
    if row is None:
        raise not_found("Conversation not found")
    return row


def _own(conversation_id: str, *, by: Actor) -> Conversation:
    """To speak and decide in it, where carers may only read. Raises DomainError 403."""
    row = _locked(conversation_id, by=by)
    if row.player != by.user and not by.is_admin:
        raise denied("Only the person themselves may do this")
    return row


def _player(player_id: str, *, by: Actor) -> User:
    """Oneself, by id, user name or e-mail; an admin may start for another."""
    if by.user is None:
        raise denied("Log in to create a character")
    if player_id in (by.user.pk, by.user.username, by.user.email):
        return by.user
    other = User.objects.filter(pk=player_id).first() if by.is_admin else None
    if other is None:
        raise denied("player_id must be your own")
    return other


@transaction.atomic
def start_conversation(
    *, player_id: str, conversation_id: str, welcome_id: str, by: Actor
) -> Conversation:
    """Raises DomainError 403 for another's player_id, 429 with ten open conversations."""
    player = _player(player_id, by=by)
    # The player's row serialises two starts at once, so that the limit holds.
    User.objects.select_for_update(no_key=True).get(pk=player.pk)
    if Conversation.objects.open().filter(player=player).count() >= MAX_OPEN:
        raise rate_limited(60)
    moment = clock.now()
    outcome = interview.start(conversation_id, moment)
    row = Conversation(
        id=conversation_id,
        player=player,
        player_label=player_id,
        state=outcome.state.to_dict(),
        stage=outcome.state.stage,
        created_at=moment,
        updated_at=moment,
    )
    row.save(force_insert=True)
    events.tell(row, serializers.conversation_started(row))
    events.tell(row, serializers.progress_update(row.pk, outcome.state))
    for message in outcome.messages:
        turns.say(row, message, welcome_id)
    turns.save(row)
    return row


@transaction.atomic
def respond(conversation_id: str, *, content: str, answering: str | None, by: Actor) -> Accepted:
    """An answer, taken and read by our own rules in one step."""
    accepted = accept_response(conversation_id, content=content, answering=answering, by=by)
    if not accepted.is_settled:
        _apply(accepted.conversation, accepted.turn, offline_extract)
    return accepted


@transaction.atomic
def accept_response(
    conversation_id: str, *, content: str, answering: str | None, by: Actor
) -> Accepted:
    """Screen and store an answer. Raises DomainError 403, 404, 409, 429, or Stale.

    A text with signs of danger is taken whatever the state and the limits say.
    """
    row = _own(conversation_id, by=by)
    finding = screen_safely(content, before=_words_to_weigh(row, content))
    if not finding.is_crisis:
        _check_rate(by)
        _must_be_active(row)
        if content_rules.problem_with(content):
            return Accepted(row, Turn(), is_settled=True, refusal=_refusal(row, content))
        if answering and answering != row.prompt_message_id:
            raise Stale
    turn = turns.write(row, Role.PLAYER, content, safety_level=finding.level)
    is_settled = _look_after(row, turn, finding)
    turns.save(row)
    return Accepted(row, turn, is_settled=is_settled)


def _words_to_weigh(row: Conversation, content: str) -> list[str]:
    """What came before, but not against somebody who now says that they are safe.

    Their earlier words would make "I'm safe now" a sign of danger, and they would be stuck.
    """
    if row.crisis_detected and crisis.wants_to_go_on(content):
        return []
    newest = row.turns.filter(role=Role.PLAYER).order_by("-number")[:WINDOW]
    return [turn.content for turn in reversed(newest)]


def _check_rate(by: Actor) -> None:
    if not settings.RATE_LIMITS.enabled:
        return
    if wait := limits.hit(MESSAGES_PER_MINUTE, "characters", by.throttle_key):
        raise rate_limited(wait)


def _must_be_active(row: Conversation) -> None:
    if row.status != Status.ACTIVE:
        raise conflict(f"The conversation is {row.status}", conversation_id=row.pk)


def _refusal(row: Conversation, content: str) -> str:
    outcome = interview.advance(turns.interview_state(row), content, clock.now())
    return outcome.validation_error.message if outcome.validation_error else ""


def _look_after(row: Conversation, turn: Turn, finding: Finding) -> bool:
    """Whether this answer belongs to a crisis: its questions wait, the conversation goes on."""
    is_minor = turns.interview_state(row).minor
    place = safety.Place(
        surface=Surface.CONVERSATION,
        subject_id=row.pk,
        client=getattr(row.player, "client", None),
        person=row.player,
        is_minor=is_minor,
    )
    safety.note_finding(finding, place=place, message_id=turn.pk, text=turn.content)
    if finding.is_crisis:
        crisis.show_help(row, is_minor=is_minor)
        return True
    if not row.crisis_detected:
        return False
    if crisis.wants_to_go_on(turn.content):
        row.said_safe_at = clock.now()
        turns.apply(row, interview.resume(turns.interview_state(row), clock.now()))
    else:
        crisis.stay(row, is_minor=is_minor)
    return True


@transaction.atomic
def apply_response(accepted: Accepted, *, extractor: Extractor, by: Actor) -> Conversation:
    """Let the interview move on with an accepted answer that was read meanwhile.

    Raises Stale if another answer was quicker or danger came up while it was read.
    """
    row = _own(accepted.conversation.pk, by=by)
    _must_be_active(row)
    if row.prompt_message_id != accepted.conversation.prompt_message_id or row.crisis_detected:
        raise Stale
    _apply(row, accepted.turn, extractor)
    return row


def _apply(row: Conversation, turn: Turn, extractor: Extractor) -> None:
    outcome = interview.advance(
        turns.interview_state(row), turn.content, clock.now(), extractor, (turn.safety_level,)
    )
    turns.apply(row, outcome, turn)
    turns.save(row)


@transaction.atomic
def pause_conversation(conversation_id: str, *, by: Actor) -> Conversation:
    """Raises DomainError 409 unless it is active."""
    row = _own(conversation_id, by=by)
    turns.move(row, Status.PAUSED)
    turns.notice(row, "paused", PAUSED_TEXT)
    turns.save(row)
    return row


@transaction.atomic
def resume_conversation(conversation_id: str, *, by: Actor) -> Conversation:
    """Also for one that is active, after a lost connection: the open question comes again."""
    row = _own(conversation_id, by=by)
    if row.status != Status.ACTIVE:
        turns.move(row, Status.ACTIVE)
    _go_on(row)
    return row


@transaction.atomic
def resume_paused(conversation_id: str, *, by: Actor) -> Conversation:
    """Raises DomainError 409 unless it is paused."""
    row = _own(conversation_id, by=by)
    turns.move(row, Status.ACTIVE)
    _go_on(row)
    return row


def _go_on(row: Conversation) -> None:
    state = turns.interview_state(row)
    if row.crisis_detected:
        crisis.show_help(row, is_minor=state.minor)
    else:
        turns.apply(row, interview.resume(state, clock.now()))
    turns.save(row)


@transaction.atomic
def abandon_conversation(conversation_id: str, *, by: Actor) -> Conversation:
    row = _own(conversation_id, by=by)
    turns.move(row, Status.ABANDONED)
    turns.notice(row, "abandoned", ABANDONED_TEXT)
    turns.save(row)
    return row


@transaction.atomic
def delete_conversation(conversation_id: str, *, by: Actor) -> None:
    """The person's own wish: turns, data, events and the character made of them are gone."""
    row = _own(conversation_id, by=by)
    character = getattr(row, "character", None)
    if character is not None:
        character.delete()
    turns.forget(row)


def where_it_is(conversation_id: str, *, by: Actor) -> list[dict[str, Any]]:
    """Progress and open question as frames, for a device that was overtaken by another."""
    row = get_conversation(conversation_id, by=by)
    frames = [serializers.progress_update(row.pk, turns.interview_state(row))]
    question = row.turns.filter(pk=row.prompt_message_id).first()
    if question is not None and row.status in OPEN:
        frames.append(serializers.assistant_turn(row, question))
    return frames


def export_conversation(conversation_id: str, *, by: Actor) -> dict[str, Any]:
    """All that is kept about a conversation, for the person and those who care for them."""
    return serializers.export_body(get_conversation(conversation_id, by=by))
