"""Celery, which only wakes: the outbox row is the work, the message a hint (docs/decisions)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Celery's current app belongs to one thread; without this the others get one without settings.
app.set_default()
