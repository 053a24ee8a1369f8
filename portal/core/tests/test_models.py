"""States move along their arrows only; rows are locked in one order."""

import pytest
from django.db import models, transaction
from django.test.utils import isolate_apps

from members.models import Unit
from members.tests.factories import SchoolFactory
from portal.core.errors import InvalidTransition
from portal.core.models import Stateful
from portal.core.querysets import BaseQuerySet


class LampState(models.TextChoices):
    OFF = "off", "ดับ"
    ON = "on", "ติด"
    BROKEN = "broken", "เสีย"


@pytest.fixture
def lamp_of():
    """Make a thing with three states; the house does not get to know its model."""
    with isolate_apps("portal.core"):

        class Lamp(Stateful):
            TRANSITIONS = {
                LampState.OFF: {LampState.ON},
                LampState.ON: {LampState.OFF, LampState.BROKEN},
            }
            state = models.CharField(max_length=10, choices=LampState.choices)

            class Meta:
                app_label = "core"

            def __str__(self):
                return "หลอดที่ 1"

    return Lamp


@pytest.mark.parametrize("state", LampState.values)
@pytest.mark.parametrize("target", LampState.values)
def test_a_state_moves_along_its_arrows_and_no_others(lamp_of, state, target):
    lamp = lamp_of(state=state)
    allowed = (state, target) in {("off", "on"), ("on", "off"), ("on", "broken")}

    assert lamp.can_move_to(target) is allowed
    if allowed:
        lamp.move_to(target)
        assert lamp.state == target
    else:
        with pytest.raises(InvalidTransition, match=r"หลอดที่ 1 อยู่ในสถานะ “(ดับ|ติด|เสีย)”"):
            lamp.move_to(target)
        assert lamp.state == state


@pytest.mark.engine
@pytest.mark.django_db
def test_rows_are_locked_one_by_one_or_all_in_the_order_of_their_keys():
    schools = SchoolFactory.create_batch(3)
    queryset = BaseQuerySet(Unit)

    with transaction.atomic():
        one = queryset.lock(schools[1].pk)
        rows = list(queryset.filter(pk__in=[school.pk for school in schools[::-1]]).lock_all())

    assert (one, rows) == (schools[1], schools)
