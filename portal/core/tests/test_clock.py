"""One clock, and the office's year."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from portal.core.clock import BANGKOK, bangkok, be_year, db_now, today

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def test_the_clock_is_aware_and_moves_within_a_transaction():
    with transaction.atomic():
        first, second = db_now(), db_now()

    assert (first.utcoffset(), second > first) == (timedelta(0), True)


def test_the_clock_is_shifted_by_its_setting_alone(settings):
    before = db_now()

    settings.CLOCK_SHIFT_SECONDS = 3600

    assert timedelta(hours=1) <= db_now() - before < timedelta(hours=1, minutes=5)


def test_the_day_begins_in_bangkok(settings):
    shift = datetime(2026, 12, 31, 17, 0, 30, tzinfo=UTC) - datetime.now(UTC)

    settings.CLOCK_SHIFT_SECONDS = shift.total_seconds()

    assert today().isoformat() == "2027-01-01"


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), 2569),
        (datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC), 2570),
        (datetime(2027, 1, 1, 0, 0, 0, tzinfo=BANGKOK), 2570),
    ],
)
def test_the_year_of_a_register_turns_at_midnight_in_bangkok(moment, year):
    assert be_year(moment) == year
    assert bangkok(moment) == moment


@pytest.mark.postgres
def test_the_clock_is_the_databases_own(django_assert_num_queries):
    with django_assert_num_queries(1), connection.cursor():
        db_now()
