"""What was found in a session, in versions: a new analysis never changes an older one."""

from __future__ import annotations

from functools import partial
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from apps.accounts.actors import Actor
from apps.sessions.models import Session
from smartsteps.lib.fields import EncryptedJSONField
from smartsteps.lib.ids import new_id


class AnalysisQuerySet(models.QuerySet["Analysis"]):
    def visible_to(self, actor: Actor) -> Self:
        """The one tenancy filter: staff who see the session; clients see no analysis."""
        if actor.is_client:
            return self.none()
        return self.filter(session__in=Session.objects.visible_to(actor))

    def newest(self) -> Self:
        """The last version of each session."""
        of_session = Analysis.objects.filter(session=OuterRef("session")).order_by("-version")
        return self.filter(pk=Subquery(of_session.values("pk")[:1]))


class Analysis(models.Model):
    """`content` is what `talk.evidence.checked` gives, and `topics`; `prompt_hash` is empty where
    nothing was asked."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "an"))
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="analyses")
    version = models.PositiveIntegerField()
    content = EncryptedJSONField(category="session.content", default=dict)
    message_count = models.PositiveIntegerField(help_text="How many messages there were then.")
    provider = models.CharField(max_length=32)
    model = models.CharField(max_length=128)
    prompt_hash = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=254)

    objects = AnalysisQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name_plural = "analyses"
        constraints = [
            models.UniqueConstraint(fields=["session", "version"], name="analysis_numbered"),
            models.CheckConstraint(name="analysis_counted", condition=Q(version__gte=1)),
        ]

    def __str__(self) -> str:
        return self.pk

    def score(self, metric: str) -> int | None:
        told: dict[str, Any] = self.content["metrics"].get(metric, {})
        return told.get("score")
