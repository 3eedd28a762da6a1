"""The baseline: the same project behind Django's own ASGI handler."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartsteps.settings")

from django.core.asgi import get_asgi_application  # reads the settings

application = get_asgi_application()
