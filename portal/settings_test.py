"""Settings of the test runs: the same house in a temporary folder, with quick passwords.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` choose the engines; without them the tests run on SQLite,
as a file of its own for every process (the in-memory database is shared by threads and would hide
every race), and without a broker. A developer's `.env` changes nothing here.
"""

import atexit
import os
import shutil
import tempfile

VAR_DIR = tempfile.mkdtemp(prefix="portal-test-")
atexit.register(shutil.rmtree, VAR_DIR, ignore_errors=True)
os.environ |= {
    "VAR_DIR": VAR_DIR,
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
    "REDIS_URL": os.environ.get("TEST_REDIS_URL", ""),
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop in the test thread
    "SECRET_KEY": "only-for-tests-" * 4,
    "SITE_URL": "http://127.0.0.1:8000",
    "S3_BUCKET": "",
    "DEBUG": "off",
    "DEMO": "off",
    "SECOND_FACTOR_ROLES": "",
}

from portal.settings import *

DATABASES["default"]["TEST"] = {
    "NAME": f"{VAR_DIR}/test.sqlite3" if IS_SQLITE else f"test_portal_{os.getpid()}"
}
# Only the test runner may empty tables that triggers guard (portal/core/triggers.py).
if IS_SQLITE:
    DATABASES["default"]["OPTIONS"]["flush_past_triggers"] = True
else:
    # And a test that asks what is written is not asked what outlives a power cut.
    DATABASES["default"]["OPTIONS"]["options"] += " -c portal.flush=on -c synchronous_commit=off"
INSTALLED_APPS += ["tests"]  # its `flush` empties the tables between tests
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]

# What the test runner found on this machine; `tests/__main__.py` and `conftest.py` read it here.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
REQUIRE_ALL = bool(os.environ.get("PORTAL_REQUIRE_ALL"))
