"""The back office: Django's admin under our own roof."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class BackOffice(AdminSite):
    site_header = "Smart Steps"
    site_title = "Smart Steps"
    index_title = "Back office"
    empty_value_display = "–"


class BackOfficeConfig(AdminConfig):
    default_site = "smartsteps.admin_site.BackOffice"
