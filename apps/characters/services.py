"""What a player may do with a conversation; safety is looked at before anything else."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from apps.accounts.actors import Actor
from apps.accounts.models import User
from apps.characters import crisis, events, interview, serializers, turns
from apps.characters.models import Character, Conversation, Status
from apps.clients import services as clients
from apps.personas import services as personas
from smartsteps.lib import clock
from smartsteps.lib.errors import DomainError, conflict, denied, not_found, rate_limited

MAX_OPEN = 10
PAUSED_TEXT = "Paused. Your place is kept for 30 days, and we go on whenever you like."
NO_CONSENT_TEXT = (
    "Your consent to an AI reading your answers is withdrawn, so this conversation rests. What you"
    " told is kept; your clinician can note it if you want to go on."
)
ABANDONED_TEXT = "We stop here. Nothing more is asked, and what was said is deleted in a week."


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


def own(conversation_id: str, *, by: Actor) -> Conversation:
    """To speak and decide in it, where carers may only read. Raises DomainError 403."""
    row = _locked(conversation_id, by=by)
    if row.player != by.user and not by.is_admin:
        raise denied("Only the person themselves may do this")
    return row


def consent_withdrawn(player: User, **details: Any) -> DomainError | None:
    """What to refuse with if the person is a client who wants no AI to read their words."""
    client = getattr(player, "client", None)
    if client is None or not clients.ai_consent_withdrawn(client.pk):
        return None
    code = "consent_withdrawn"
    return conflict(NO_CONSENT_TEXT, code=code, reason=code, **details)


def require_consent(player: User, **details: Any) -> None:
    """Raises DomainError 409."""
    if error := consent_withdrawn(player, **details):
        raise error


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
    """Raises DomainError 403 for another's player_id, 429 with ten open conversations.

    And 409 for a client who has withdrawn their consent to AI, as all that goes on with one does.
    """
    player = _player(player_id, by=by)
    require_consent(player)
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
def pause_conversation(conversation_id: str, *, by: Actor) -> Conversation:
    """Raises DomainError 409 unless it is active."""
    row = own(conversation_id, by=by)
    pause(row)
    return row


def pause(row: Conversation) -> None:
    turns.move(row, Status.PAUSED)
    turns.notice(row, "paused", PAUSED_TEXT)
    turns.save(row)


@transaction.atomic
def resume_conversation(conversation_id: str, *, by: Actor) -> Conversation:
    """Also for one that is active, after a lost connection: the open question comes again."""
    row = own(conversation_id, by=by)
    if row.status != Status.ACTIVE:
        turns.move(row, Status.ACTIVE)
    _go_on(row)
    return row


@transaction.atomic
def resume_paused(conversation_id: str, *, by: Actor) -> Conversation:
    """Raises DomainError 409 unless it is paused."""
    row = own(conversation_id, by=by)
    turns.move(row, Status.ACTIVE)
    _go_on(row)
    return row


def _go_on(row: Conversation) -> None:
    """Help in danger needs no consent: our own rules give it."""
    state = turns.interview_state(row)
    if row.crisis_detected:
        crisis.show_help(row, is_minor=state.minor)
    else:
        require_consent(row.player, conversation_id=row.pk)
        turns.apply(row, interview.resume(state, clock.now()))
    turns.save(row)


@transaction.atomic
def abandon_conversation(conversation_id: str, *, by: Actor) -> Conversation:
    row = own(conversation_id, by=by)
    turns.move(row, Status.ABANDONED)
    turns.notice(row, "abandoned", ABANDONED_TEXT)
    turns.save(row)
    return row


@transaction.atomic
def delete_conversation(conversation_id: str, *, by: Actor) -> None:
    """The person's own wish: turns, data, events and the character made of them are gone."""
    row = own(conversation_id, by=by)
    character = getattr(row, "character", None)
    if character is not None:
        _forget_character(character)
    turns.forget(row)


def get_character(character_id: str, *, by: Actor) -> Character:
    """Raises DomainError 404."""
    row = Character.objects.visible_to(by).filter(pk=character_id).first()
    if row is None:
        raise not_found("Character not found")
    return row


@transaction.atomic
def delete_character(character_id: str, *, by: Actor) -> None:
    """Also long after its conversation was purged. Raises DomainError 403, 404."""
    row = get_character(character_id, by=by)
    if row.player != by.user and not by.is_admin:
        raise denied("Only the person themselves may do this")
    if row.conversation_id:
        delete_conversation(row.conversation_id, by=by)
    else:
        _forget_character(row)


def _forget_character(character: Character) -> None:
    personas.forget_companion(character.pk)
    character.delete()


def export_conversation(conversation_id: str, *, by: Actor) -> dict[str, Any]:
    """All that is kept about a conversation, for the person and those who care for them."""
    return serializers.export_body(get_conversation(conversation_id, by=by))
