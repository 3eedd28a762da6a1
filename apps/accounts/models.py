"""Users, and the two lasting credentials they hold: API keys and logins."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.models import Session as WebSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from apps.jobs.models import Job
from smartsteps.lib import clock
from smartsteps.lib.ids import new_id


class Role(models.TextChoices):
    ADMIN = "admin"
    CLINICIAN = "clinician"
    INTEGRATOR = "integrator"
    CLIENT = "client"


STAFF_ROLES = (Role.ADMIN, Role.CLINICIAN)


class User(AbstractUser):
    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "u"))
    email = models.EmailField("e-mail", unique=True)
    role = models.CharField(max_length=10, choices=Role.choices)

    objects: ClassVar[UserManager[User]] = UserManager()  # type: ignore[assignment]  # Self is User

    REQUIRED_FIELDS = ["email", "role"]

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_once"),
            models.CheckConstraint(
                name="accounts_user_known_role", condition=Q(role__in=Role.values)
            ),
        ]

    def save(self, *args: object, **kwargs: object) -> None:
        # Who may enter the admin follows from the role, so that the two can't disagree.
        self.is_staff = self.role in STAFF_ROLES
        self.is_superuser = self.role == Role.ADMIN
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through untouched

    @property
    def shown_name(self) -> str:
        return self.get_full_name() or self.username


class ApiKey(models.Model):
    """The key itself is shown once; `prefix` finds the row and `digest` proves the key."""

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "k"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=32))
    networks = ArrayField(
        models.CharField(max_length=43),
        default=list,
        blank=True,
        help_text="May be used from these alone, such as 10.0.0.0/8; empty: from anywhere.",
    )
    signed = models.BooleanField(
        default=False, help_text="Each request must be signed (spec 1, Request Signing)."
    )
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def status(self) -> str:
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= clock.now():
            return "expired"
        return "active" if self.user.is_active else "disabled"


class Login(models.Model):
    """One log-in and the chain of rotated tokens that follows from it.

    Only the token whose id is `token_id` is good; revoking the row ends the whole chain.
    A page's token hangs on the web session it was opened from: logging out ends both.
    """

    id = models.CharField(primary_key=True, max_length=24, default=partial(new_id, "l"))
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="logins")
    token_id = models.CharField(max_length=64)
    web_session = models.ForeignKey(
        WebSession, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.id


class PasswordReset(Job):
    """The work of mailing a reset link; a row, so that a crash can't lose it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta(Job.Meta):
        pass
