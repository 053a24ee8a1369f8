"""Reports for tests."""

from __future__ import annotations

from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from portal.core.clock import db_now
from portal.problems.models import Problem


class ProblemFactory(DjangoModelFactory):
    class Meta:
        model = Problem

    message = factory.Sequence(lambda number: f"กดส่งแล้วหน้าว่าง ครั้งที่ {number}")
    page = "/letters/inbox/"
    key = factory.LazyFunction(uuid4)
    reported_at = factory.LazyFunction(db_now)
