"""What all pages of the back office share: roles, tenancy, services, and a log without names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

from django.contrib import messages
from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import BaseForm, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from apps.accounts import actors
from apps.accounts.actors import Actor
from apps.accounts.models import STAFF_ROLES, Role, User
from smartsteps.lib.errors import DomainError

M = TypeVar("M", bound=Model)
Work = Callable[[HttpRequest, Any], HttpResponse | None]
ADMINS = (Role.ADMIN,)


def actor_of(request: HttpRequest) -> Actor:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return actors.for_user(request.user)


class BackOfficeAdmin(ModelAdmin, Generic[M]):  # type: ignore[type-arg]  # not subscriptable at run time
    """Roles decide, not Django's groups; rows come from `visible_to`, writes go to services.

    `str(object)` stands in the admin's log, in messages and in page titles, so a model with a
    person's data must answer with its public id; `name_for_staff` is what a clinician reads.
    """

    view_roles: ClassVar[Collection[str]] = STAFF_ROLES
    add_roles: ClassVar[Collection[str]] = ()
    change_roles: ClassVar[Collection[str]] = ()
    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return getattr(request.user, "role", None) in self.view_roles

    def has_add_permission(self, request: HttpRequest) -> bool:
        return getattr(request.user, "role", None) in self.add_roles

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return getattr(request.user, "role", None) in self.change_roles

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        rows = super().get_queryset(request)
        visible_to = getattr(rows, "visible_to", None)
        return rows if visible_to is None else visible_to(actor_of(request))

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        """A foreign key offers and accepts only what its own admin page would list."""
        other = self.admin_site._registry.get(db_field.remote_field.model)
        if isinstance(other, BackOfficeAdmin):
            return other.get_queryset(request)
        return super().get_field_queryset(db, db_field, request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        other = self.admin_site._registry.get(db_field.remote_field.model)
        if isinstance(other, BackOfficeAdmin):
            field.label_from_instance = other.name_for_staff
        return field

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A choice, without the pop-up windows that edit what can be chosen."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def name_for_staff(self, obj: M) -> str:
        return str(obj)

    def action_checkbox(self, obj: Any) -> SafeString:
        """Named for those who hear the page."""
        return super().action_checkbox(_Named(obj.pk, self.name_for_staff(obj)))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """One way to save: the page stays, so that one sees what was saved."""
        context.update(show_save_and_add_another=False, show_save_and_continue=False)
        obj = kwargs.get("obj")
        if obj is not None:
            context.update(title=self.name_for_staff(obj), subtitle=None)
            context.update(tab_title=f"{capfirst(self.opts.verbose_name)} {obj}")
        return super().render_change_form(request, context, *args, **kwargs)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.url_of(obj))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.url_of(obj))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: M, form: BaseForm, change: bool) -> None:
        """To the service, with only what was changed, so that nobody else's edit is undone."""
        if not change:
            # The page goes on with the row that the service made.
            obj.pk = self.create(form.cleaned_data, actor_of(request)).pk
        elif changes := {name: form.cleaned_data[name] for name in form.changed_data}:
            self.update(obj, changes, actor_of(request))

    def create(self, data: dict[str, Any], by: Actor) -> M:
        raise NotImplementedError

    def update(self, obj: M, changes: dict[str, Any], by: Actor) -> None:
        raise NotImplementedError

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Nothing hangs on the form: what belongs to an object has buttons of its own."""

    def save_form(self, request: HttpRequest, form: ModelForm[M], change: bool) -> M:
        return form.instance

    def url_of(self, obj: M) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=(obj.pk,))

    def button(self, name: str, work: Work) -> URLPattern:
        """`<id>/<name>/`: a POST that does one thing to one object, then shows its page again."""
        view = require_POST(partial(self._press, work=work))
        return path(
            f"<path:object_id>/{name}/",
            self.admin_site.admin_view(view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_{name}",
        )

    def unknown(self, request: HttpRequest) -> HttpResponse:
        """The same for an object that isn't there and for one that is another's."""
        self.message_user(request, "There is no such page, or not for you.", messages.WARNING)
        return HttpResponseRedirect(reverse("admin:index"))

    def _get_obj_does_not_exist_redirect(self, request: Any, opts: Any, object_id: str) -> Any:
        return self.unknown(request)

    def _press(self, request: HttpRequest, object_id: str, work: Work) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self.unknown(request)
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        try:
            return work(request, obj) or HttpResponseRedirect(self.url_of(obj))
        except DomainError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(self.url_of(obj))

    def checked(self, request: HttpRequest, form: BaseForm) -> dict[str, Any] | None:
        """A button's input, or None after telling what is wrong with it."""
        if form.is_valid():
            return form.cleaned_data
        for name, errors in form.errors.items():
            label = form.fields[name].label or name if name in form.fields else ""
            self.message_user(request, f"{label}: {' '.join(map(str, errors))}", messages.ERROR)
        return None

    def for_each(
        self, request: HttpRequest, rows: QuerySet[M], work: Callable[[M], Any], done: str
    ) -> None:
        """A list action: each object by itself, so that one refusal doesn't hold up the others."""
        refused: dict[str, list[str]] = defaultdict(list)
        changed = []
        for obj in rows:
            try:
                work(obj)
            except DomainError as error:
                refused[error.message].append(str(obj))
            else:
                self.log_change(request, obj, done)
                changed.append(str(obj))
        if changed:
            self.message_user(request, f"{done}: {', '.join(changed)}.", messages.SUCCESS)
        for reason, names in refused.items():
            self.message_user(request, f"{reason}: {', '.join(names)}.", messages.WARNING)


class _Named:
    def __init__(self, pk: Any, name: str) -> None:
        self.pk = pk
        self.name = name

    def __str__(self) -> str:
        return self.name
