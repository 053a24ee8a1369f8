"""One settings file, safe by default.

No configuration at all means "embedded": SQLite in `var/`, no broker, local files and a random
key kept in `var/secret_key`. `DATABASE_URL`, `REDIS_URL`, `SECRET_KEY`, … mean production.
`.env.example` lists every variable; nothing outside this file reads the environment.
"""

import contextlib
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

VAR_DIR: Path = BASE_DIR / env.str("VAR_DIR", default="var")
VAR_DIR.mkdir(parents=True, exist_ok=True)

DATABASE_URL = env.str("DATABASE_URL", default="")
IS_EMBEDDED = not DATABASE_URL
IS_DEMO = env.bool("DEMO", default=False)
DEMO_PASSWORD = "lotus-pond-2569"  # noqa: S105 - of the demo's accounts; serve_demo shows it
DEBUG = env.bool("DEBUG", default=False)


def _embedded_secret_key() -> str:
    """Return the key kept in `var/secret_key`, made at the first start, readable by its owner.

    Web server and worker may start at the same moment: the key appears whole, by one hard link.
    """
    path = VAR_DIR / "secret_key"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=VAR_DIR, encoding="ascii") as draft:
            draft.write(secrets.token_urlsafe(50))
            draft.flush()
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(draft.name)
    return path.read_text(encoding="ascii")


SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY and not IS_EMBEDDED:
    raise ImproperlyConfigured("SECRET_KEY must be given when DATABASE_URL is set.")
if SECRET_KEY and (len(SECRET_KEY) < 50 or SECRET_KEY.startswith(("change-me", "django-insecure"))):
    raise ImproperlyConfigured("SECRET_KEY is a placeholder or shorter than 50 characters.")
SECRET_KEY = SECRET_KEY or _embedded_secret_key()
# Earlier keys: links to surveys that are still open were made with them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
IS_HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if IS_HTTPS else []

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "template_partials",
    "portal.core",
    "portal.audit",
    "portal.outbox",
    "portal.files",
    "portal.papers",
    "ckeditor",
    "portal.richtext",
    "portal.notifications",
    "portal.search",
    "portal.links",
    "members",
    "documents",
    "meetings",
    "knowledge",
    "research",
    "portal.announcements",
    "portal.problems",
    "portal.home",
]

MIDDLEWARE = [
    "portal.core.middleware.NameRequests",
    "django.middleware.security.SecurityMiddleware",
    "portal.core.middleware.SayPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.core.compressing.CompressPages",
    "portal.core.middleware.AnswerProbes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.files.middleware.GuardUploads",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.core.middleware.AnswerErrors",
    "members.middleware.ActingPost",
    "members.middleware.TwoSteps",
    "portal.files.adapters.pieces.FilesInPieces",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "portal.core.templatetags.portal",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.home.context_processors.house",
            ],
        },
    },
    {  # the rows of long lists: docs/decisions/0011
        "NAME": "rows",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "portal.core.jinja.environment"},
    },
]

# Databases -----------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url_config(DATABASE_URL)
    if DATABASE_URL
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "portal.sqlite3")}
}
IS_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if IS_SQLITE:
    DATABASES["default"] |= {
        "ENGINE": "portal.core.sqlite",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
else:
    habits = {
        "lock_timeout": "10s",  # then the page says “try again” instead of hanging
        # Left to itself PostgreSQL may plan a prepared question for each value anew, which takes
        # the inbox six times as long, and lets several processes search while others wait.
        "plan_cache_mode": "force_generic_plan",
        "max_parallel_workers_per_gather": "0",
    }
    DATABASES["default"] |= {
        "ENGINE": "portal.core.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": DATABASES["default"].get("OPTIONS", {})
        | {"options": " ".join(f"-c {name}={value}" for name, value in habits.items())},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis and Celery: the broker carries hints only, the outbox row is the work ------------------

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "portal.core.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(VAR_DIR / "cache"),
    }
}

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 330
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 25
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

# People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = ["members.adapters.SignedIn"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "members.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "members.forms.LoginForm"}
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True  # for the working day, also when the browser is closed meanwhile
ACCOUNT_USERNAME_MIN_LENGTH = 3
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS  # http://localhost, on one's own machine
# Whoever holds a post of these roles, and the owner, signs in in two steps.
TWO_STEPS = [] if IS_DEMO else ["central_registrar", "director", "administrator"]
SECOND_FACTOR_ROLES = frozenset(env.list("SECOND_FACTOR_ROLES", default=TWO_STEPS))

SESSION_ENGINE = "members.sessions"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())  # the working day
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_USE_SESSIONS = True
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_FAILURE_VIEW = "portal.core.views.csrf_failure"

# Security headers ----------------------------------------------------------------------------

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# The editor is contained: docs/decisions/0006-a-contained-editor.md.
SILENCED_SYSTEM_CHECKS = ["ckeditor.W001"]

# Language and time: Thai, Bangkok at the edge, UTC in the tables --------------------------------

LANGUAGE_CODE = "th"
LANGUAGES = [("th", "ไทย")]
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]  # the libraries' words, said as the office says them
USE_TZ = True
TIME_ZONE = "Asia/Bangkok"
CLOCK_SHIFT_SECONDS = 0

# Files -----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "portal.richtext.adapters.AppStatics",
]
FILES_ROOT = VAR_DIR / "files"
FILES_MAX_BYTES = env.int("FILES_MAX_BYTES", default=50 * 1024 * 1024)
FILES_MAX_BODY_BYTES = 4 * FILES_MAX_BYTES
FILES_MIN_FREE_BYTES = env.int("FILES_MIN_FREE_BYTES", default=2 * 1024**3)
FILES_MIN_FREE_PERCENT = env.int("FILES_MIN_FREE_PERCENT", default=5)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = str(VAR_DIR / "uploads")
Path(FILE_UPLOAD_TEMP_DIR).mkdir(exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "portal.files.adapters.LimitedUploads",
]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(FILES_ROOT), "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "portal.core.statics.HashedModules",
        # The editor asks for its parts by their plain names.
        "OPTIONS": {"asked_plainly": ("ckeditor/",)},
    },
}
S3_BUCKET = env.str("S3_BUCKET", default="")
if S3_BUCKET:
    S3_KEYS = {
        "access_key": env.str("S3_ACCESS_KEY", default=""),
        "secret_key": env.str("S3_SECRET_KEY", default=""),
    }
    if not all(S3_KEYS.values()):
        raise ImproperlyConfigured("S3_ACCESS_KEY and S3_SECRET_KEY must be given with S3_BUCKET.")
    STORAGES["default"] = {
        "BACKEND": "portal.files.adapters.bucket.Bucket",
        "OPTIONS": S3_KEYS
        | {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
            "region_name": env.str("S3_REGION", default="") or None,
        },
    }
PAPERS_FONT_DIR = env.str("PAPERS_FONT_DIR", default="")
# The private keys of anonymous surveys; outside the database, and never in one backup with it.
SURVEY_KEYS_DIR = Path(env.str("SURVEY_KEYS_DIR", default="") or VAR_DIR / "keys")

# Mail ------------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="") or f"filemail:///{VAR_DIR}/mail"  # absolute
vars().update(env.email_url_config(EMAIL_URL))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Whom to ask while the database is away -----------------------------------------------------------

HELP_PHONE = env.str("HELP_PHONE", default="")
HELP_EMAIL = env.str("HELP_EMAIL", default="")

# Logs: event names and ids, never the text of a letter --------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {request_id} {message}", "style": "{"}
    },
    "filters": {
        "tokens": {"()": "portal.core.logs.HideTokens"},
        "request": {"()": "portal.core.logs.NameRequest"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["tokens", "request"],
        }
    },
    "loggers": {"pikepdf": {"level": "WARNING"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}
