"""Counters of failed sign-ins, in the database: all workers share them, and no cache is needed."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.crypto import salted_hmac

from members.domain import network_of
from members.models import SignInFailures
from portal.core.clock import db_now

WINDOW = timedelta(minutes=15)
MOST_OF_A_NAME = 10
MOST_OF_A_NETWORK = 100


def is_refused(name: str, address: str) -> bool:
    """Answer whether signing in failed too often under this name or from this network.

    It is asked before the password is looked at, and of names that nobody has alike. Those who ask
    at the same moment see the same counter: as many more may fail as the server has threads.
    """
    most = {_name_key(name): MOST_OF_A_NAME, _network_key(address): MOST_OF_A_NETWORK}
    counted = SignInFailures.objects.filter(pk__in=most, ends_at__gt=db_now())
    return any(one.count >= most[one.key] for one in counted)


@transaction.atomic
def count_failure(name: str, address: str) -> None:
    """One failure more counts for the name and for the network, until their window ends."""
    now = db_now()
    # In one order, so that two who fail at once never wait crosswise.
    keys = sorted([_name_key(name), _network_key(address)])
    SignInFailures.objects.bulk_create(
        [SignInFailures(key=key, count=0, ends_at=now + WINDOW) for key in keys],
        ignore_conflicts=True,
    )
    for key in keys:
        has_ended = When(ends_at__lte=now, then=Value(1))
        ends_anew = When(ends_at__lte=now, then=Value(now + WINDOW))
        SignInFailures.objects.filter(pk=key).update(
            count=Case(has_ended, default=F("count") + 1),
            ends_at=Case(ends_anew, default=F("ends_at")),
        )


def forgive_names(*names: str) -> None:
    """No failure counts for these names any longer; those of the networks do."""
    SignInFailures.objects.filter(pk__in=[_name_key(name) for name in names if name]).delete()


def forget_failures() -> int:
    """Counters whose window has ended are gone; return how many."""
    count, _ = SignInFailures.objects.filter(ends_at__lte=db_now()).delete()
    return count


def _name_key(name: str) -> str:
    return _key("name", unicodedata.normalize("NFKC", name).strip().casefold())


def _network_key(address: str) -> str:
    return _key("network", network_of(address))


def _key(kind: str, value: str) -> str:
    return salted_hmac(f"members.failures.{kind}", value, algorithm="sha256").hexdigest()
