"""What is known of a unit and a post: codes of schools, and what they are beside."""

from __future__ import annotations

import pytest

from members.models import Role
from members.services import save_post, save_unit
from members.tests.factories import ActorFactory, PostFactory, SchoolFactory
from portal.audit.models import AuditEntry
from portal.core.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(office):
    return ActorFactory(role=Role.ADMINISTRATOR, unit=office)


def history():
    """The lines of the history, as (action, what changed)."""
    return list(AuditEntry.objects.order_by("pk").values_list("action", "data"))


@pytest.mark.parametrize(
    ("name", "code"),
    [("code8", "9302"), ("code8", "9302000a"), ("code8", "๙๓๐๒๐๐๐๑"), ("code10", "93020001")],
)
def test_a_schools_code_is_digits_of_its_length(office, administrator, name, code):
    school = SchoolFactory(office=office)
    setattr(school, name, code)

    with pytest.raises(DomainError, match="หลักต้องเป็นตัวเลข"):
        save_unit(school, changes=[name], by=administrator)


def test_an_office_keeps_its_code_of_four_digits(office, administrator):
    office.code8 = "9302"

    save_unit(office, changes=["code8"], by=administrator)

    assert history() == [("unit.changed", {"code8": ["", "9302"]})]


def test_what_is_known_of_a_school_is_kept_and_said(office, administrator):
    school = SchoolFactory(office=office, by_temple=True)
    school.is_remote = True

    save_unit(school, changes=["is_remote", "is_private"], by=administrator)

    school.refresh_from_db()
    assert school.traits == ["โรงเรียนวัด", "เกาะ ห่างไกล หรือเครือข่ายไม่เสถียร"]
    assert history() == [("unit.changed", {"is_remote": [False, True]})]


def test_a_post_has_a_level(office, administrator):
    post = PostFactory(unit=office)
    post.level = "ชำนาญการพิเศษ"

    save_post(post, changes=["level"], by=administrator)

    assert history() == [("post.changed", {"level": ["", "ชำนาญการพิเศษ"]})]
