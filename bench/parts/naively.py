"""The portal with the naive inbox beside its pages: `gunicorn bench.parts.naively:application`."""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = "bench.parts.naive"
application = get_wsgi_application()
