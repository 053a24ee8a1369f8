"""The door for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()

# What is loaded now stays as long as the process: without it Python looks through all of it again
# every hundred pages, and whoever asked just then waits a tenth of a second.
get_resolver().check()
gc.collect()
gc.freeze()
