"""Settings: embedded without a word, strict in production, every variable written down."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys

import pytest
from django.conf import settings

from portal.core.cache import ForgivingRedisCache

CODE = settings.BASE_DIR / "portal" / "settings.py"
GOOD_KEY = "a-long-random-looking-key-of-a-real-installation-0123456789"
PRODUCTION = {
    "SECRET_KEY": GOOD_KEY,
    "DATABASE_URL": "postgres://portal@127.0.0.1/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SITE_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
}


def start(folder, command="check", *arguments, **environment):
    """Run a command of manage.py with these variables alone; return the finished process."""
    shut = dict.fromkeys(["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "S3_BUCKET"], "")
    shut |= {"DEMO": "off", "DEBUG": "off"}
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", command, *arguments],
        cwd=settings.BASE_DIR,
        env=clean | shut | {"VAR_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_configuration_is_embedded_with_a_key_of_its_own(tmp_path):
    assert start(tmp_path).returncode == 0
    key = (tmp_path / "secret_key").read_text()
    assert start(tmp_path).returncode == 0

    assert len(key) > 50
    assert (tmp_path / "secret_key").read_text() == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_mail_without_a_server_becomes_files_in_the_folder_of_the_house(tmp_path):
    finished = start(tmp_path, "sendtestemail", "somebody@example.org")

    assert finished.returncode == 0, finished.stderr
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_a_production_configuration_is_clean_for_deployment(tmp_path):
    finished = start(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert finished.returncode == 0, finished.stderr
    assert not (tmp_path / "secret_key").exists()


def test_plain_http_in_production_is_not_clean_for_deployment(tmp_path):
    plain = PRODUCTION | {"SITE_URL": "http://portal.example"}

    finished = start(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **plain)

    assert finished.returncode != 0


@pytest.mark.parametrize(
    "key", ["", "short", "change-me" * 10, "django-insecure-" + "0123456789" * 5]
)
def test_production_refuses_to_start_without_a_real_key(tmp_path, key):
    finished = start(tmp_path, **PRODUCTION | {"SECRET_KEY": key})

    assert finished.returncode != 0
    assert "SECRET_KEY" in finished.stderr


def test_what_the_database_address_asks_for_reaches_the_driver(tmp_path):
    secured = {"DATABASE_URL": "postgres://portal@127.0.0.1/portal?sslmode=require"}
    ask = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"

    finished = start(tmp_path, "shell", "--no-imports", "-c", ask, **PRODUCTION | secured)

    assert "'sslmode': 'require'" in finished.stdout
    assert "lock_timeout" in finished.stdout


BUCKET = {
    "S3_BUCKET": "letters",
    "S3_ENDPOINT_URL": "https://files.example",
    "S3_ACCESS_KEY": "key",
    "S3_SECRET_KEY": "secret",
    "S3_REGION": "bangkok",
}


def test_files_lie_on_the_disk_until_a_bucket_is_named(tmp_path):
    ask = (
        "from django.core.files.storage import storages; files = storages['default'];"
        "print(type(files).__name__, *(getattr(files, name, None) for name in"
        " ('bucket_name', 'endpoint_url', 'access_key', 'secret_key', 'region_name')))"
    )

    disk = start(tmp_path, "shell", "--no-imports", "-c", ask)
    bucket = start(tmp_path, "shell", "--no-imports", "-c", ask, **BUCKET)

    assert disk.stdout.split()[0] == "FileSystemStorage"
    assert bucket.stdout.split() == ["Bucket", *BUCKET.values()]


@pytest.mark.parametrize("name", ["S3_ACCESS_KEY", "S3_SECRET_KEY"])
def test_a_bucket_without_its_keys_is_refused_at_the_start(tmp_path, name):
    finished = start(tmp_path, **BUCKET | {name: ""})

    assert finished.returncode != 0
    assert name in finished.stderr


def test_the_example_lists_every_variable_and_no_other():
    read = set(re.findall(r'env\.\w+\("(\w+)"', CODE.read_text()))
    example = (settings.BASE_DIR / ".env.example").read_text()

    assert set(re.findall(r"^(\w+)=", example, re.MULTILINE)) == read


def test_the_example_itself_is_the_embedded_configuration(tmp_path):
    example = (settings.BASE_DIR / ".env.example").read_text()
    variables = dict(re.findall(r"^(\w+)=(.*)$", example, re.MULTILINE))

    assert start(tmp_path, **variables | {"VAR_DIR": str(tmp_path)}).returncode == 0


def test_the_cache_forgets_and_goes_on_when_redis_is_down():
    cache = ForgivingRedisCache("redis://127.0.0.1:1/0", {})

    cache.set("attempts", 3)

    assert cache.get("attempts", 0) == 0
    assert cache.get_many(["attempts"]) == {}
    assert cache.add("attempts", 1) is True
    assert cache.incr("attempts") == 1


@pytest.mark.redis
def test_the_cache_remembers_when_redis_is_there():
    cache = ForgivingRedisCache(settings.REDIS_URL, {"KEY_PREFIX": "test-settings"})

    cache.set("attempts", 3, timeout=10)

    assert cache.get("attempts") == 3
    assert cache.incr("attempts") == 4
    assert cache.delete("attempts") is True
