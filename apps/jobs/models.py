"""Work as rows: state, lease and claim token, so that a broker is only a doorbell."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

LEASE = timedelta(seconds=8)


class LeaseLost(Exception):
    """Another worker has taken the job over; what this one did must be rolled back."""


class State(models.TextChoices):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobQuerySet(models.QuerySet["Job"]):
    def due(self) -> Self:
        waiting = Q(state=State.PENDING, next_attempt_at__lte=Now())
        orphaned = Q(state=State.RUNNING, lease_until__lt=Now())
        return self.filter(waiting | orphaned)

    def claimable(self) -> Self:
        """Which of the due jobs may run now; kinds that keep an order narrow this."""
        return self.due()

    @transaction.atomic
    def claim(self, count: int) -> list[Any]:
        """Take up to `count` jobs for a lease; SKIP LOCKED lets workers claim side by side."""
        rows = self.claimable().order_by("next_attempt_at", "pk")
        pks = list(rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk")[:count])
        if not pks:
            return []
        token = uuid.uuid4()
        self.model._default_manager.filter(pk__in=[pk for (pk,) in pks]).update(
            state=State.RUNNING,
            claim_token=token,
            lease_until=Now() + LEASE,
            attempts=F("attempts") + 1,
        )
        return list(self.model._default_manager.filter(claim_token=token, state=State.RUNNING))

    def prolong(self, jobs: list[Job]) -> int:
        mine = Q(claim_token__in={job.claim_token for job in jobs}, pk__in=[job.pk for job in jobs])
        return self.filter(mine, state=State.RUNNING).update(lease_until=Now() + LEASE)


class Job(models.Model):
    """Abstract. A subclass adds what the work is about."""

    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True, blank=True)
    claim_token = models.UUIDField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_running_has_lease",
                condition=Q(
                    state=State.RUNNING, lease_until__isnull=False, claim_token__isnull=False
                )
                | ~Q(state=State.RUNNING),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="%(app_label)s_%(class)s_due",
                condition=Q(state__in=[State.PENDING, State.RUNNING]),
            ),
        ]

    def _settle(self, **changes: Any) -> None:
        """Conditional on the claim: raises LeaseLost inside the caller's transaction."""
        mine = type(self)._default_manager.filter(
            pk=self.pk, state=State.RUNNING, claim_token=self.claim_token
        )
        if not mine.update(**changes):
            raise LeaseLost(f"{self._meta.label} {self.pk}")

    def finish(self) -> None:
        self._settle(state=State.DONE, finished_at=Now(), error_code="")

    def cancel(self) -> None:
        self._settle(state=State.CANCELLED, finished_at=Now())

    def fail(self, code: str) -> None:
        self._settle(state=State.FAILED, finished_at=Now(), error_code=code)

    def retry_in(self, delay: timedelta, code: str) -> None:
        self._settle(state=State.PENDING, next_attempt_at=Now() + delay, error_code=code)
