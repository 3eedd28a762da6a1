"""The Celery application: a doorbell for jobs that live in PostgreSQL."""

from __future__ import annotations

import gc
import os

from celery import Celery
from celery.signals import task_postrun, worker_process_init
from django.db import close_old_connections
from kombu.transport.redis import Channel

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartsteps.settings")

# Or a channel that closes because Redis went away would put messages back through the connection
# that it has just lost. See the broker's options in settings.
Channel.do_restore = False

app = Celery("smartsteps")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_postrun.connect
def give_connection_back(**_: object) -> None:
    """To the pool, which CELERY_DB_REUSE_MAX keeps: a new one costs a task ten milliseconds."""
    close_old_connections()


@worker_process_init.connect
def spare_the_collector(**_: object) -> None:
    """What is loaded by now stays; to look through it again and again takes a tenth of a second."""
    gc.collect()
    gc.freeze()
