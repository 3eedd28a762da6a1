"""Puts our back office in the place of Django's admin site."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "smartsteps.back_office.BackOffice"
