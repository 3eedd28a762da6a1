"""The ASGI application: HTTP in one thread hop, WebSockets native."""

from __future__ import annotations

import gc
import os
from threading import Thread

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartsteps.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  # needs the app registry

from apps.characters import routing as characters  # noqa: E402
from apps.safety import detector, screening  # noqa: E402
from apps.sessions import routing as sessions  # noqa: E402
from smartsteps.lib.asgi import OneHopHandler  # noqa: E402
from smartsteps.wire.socket import unknown_path  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": OneHopHandler(),
        "websocket": unknown_path(
            URLRouter([*sessions.websocket_urlpatterns, *characters.websocket_urlpatterns])
        ),
    }
)

detector.load()  # or the first message would wait for it
if settings.LOAD_EARLY:  # or the first answer in a conversation would, for longer
    Thread(target=screening.load, daemon=True).start()

# What is loaded by now stays for good: the garbage collector need not walk over it again.
gc.collect()
gc.freeze()
