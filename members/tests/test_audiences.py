"""Whom a rule means, and the recipients as they stood at a moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from members.models import Audience, AudienceSnapshot, Role, Unit, UnitKind
from members.services import (
    audience_drift,
    count_audience,
    describe_audience,
    freeze_audience,
    remove_audience,
    resolve_audience,
    save_audience,
)
from members.tests.factories import (
    ActorFactory,
    AudienceFactory,
    ClusterFactory,
    DistrictFactory,
    GroupFactory,
    HoldingFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.audit.models import AuditEntry
from portal.core import clock
from portal.core.errors import DomainError

pytestmark = pytest.mark.django_db


class Area:
    """An office with two districts, a cluster, six schools and two groups; a neighbour beside."""

    def __init__(self):
        self.office = OfficeFactory(name="สพป.สาธิต")
        self.kongra = DistrictFactory(office=self.office, name="อำเภอกงหรา")
        self.tamot = DistrictFactory(office=self.office, name="อำเภอตะโหมด")
        self.lake = ClusterFactory(office=self.office, name="เครือข่ายริมทะเลสาบ")
        self.plan = GroupFactory(office=self.office, name="กลุ่มนโยบายและแผน")
        self.money = GroupFactory(office=self.office, name="กลุ่มการเงิน")
        self.a = self.school("ก", self.kongra, None, 50)
        self.b = self.school("ข", self.kongra, self.lake, 300)
        self.c = self.school("ค", self.tamot, self.lake, 90)
        self.d = self.school("ง", self.tamot, None, 2_000)
        self.e = self.school("จ", None, None, None)
        self.closed = self.school("ปิด", self.kongra, self.lake, 50, closed_on=clock.today())
        self.neighbour = SchoolFactory(pupils=50)

    def school(self, name, district, cluster, pupils, **more):
        return SchoolFactory(
            office=self.office,
            name=f"โรงเรียน{name}",
            district=district,
            cluster=cluster,
            pupils=pupils,
            **more,
        )

    def meant(self, **rule):
        """The units of the rule, as a set; persons are looked at elsewhere."""
        rule["except"] = rule.pop("left_out", [])
        return {unit for unit, member in resolve_audience(rule, office=self.office)}


@pytest.fixture
def area():
    return Area()


def pks(*units):
    return {unit.pk for unit in units}


def test_all_schools_are_the_open_schools_of_the_office(area):
    assert area.meant(all_schools=True) == pks(area.a, area.b, area.c, area.d, area.e)


def test_districts_and_clusters_add_up_and_sizes_narrow(area):
    kongra, lake = [area.kongra.pk], [area.lake.pk]

    assert area.meant(districts=kongra) == pks(area.a, area.b)
    assert area.meant(clusters=lake) == pks(area.b, area.c)
    assert area.meant(districts=kongra, clusters=lake) == pks(area.a, area.b, area.c)
    assert area.meant(districts=kongra, clusters=lake, sizes=["small"]) == pks(area.a, area.c)
    assert area.meant(sizes=["small", "xlarge"]) == pks(area.a, area.c, area.d)


def test_all_schools_means_all_whatever_else_is_ticked(area):
    everyone = area.meant(all_schools=True)

    assert area.meant(all_schools=True, districts=[area.kongra.pk], sizes=["small"]) == everyone


def test_units_and_groups_by_name_come_on_top(area):
    found = area.meant(sizes=["xlarge"], units=[area.a.pk], groups=[area.plan.pk])

    assert found == pks(area.d, area.a, area.plan)


def test_who_is_left_out_is_left_out_of_everything(area):
    saved = AudienceFactory(owner_unit=area.plan, rule={"units": [area.b.pk, area.c.pk]})

    found = area.meant(
        districts=[area.kongra.pk], saved=[saved.pk], left_out=[area.b.pk, area.closed.pk]
    )

    assert found == pks(area.a, area.c)


def test_closed_units_and_units_of_a_neighbour_are_passed_over(area):
    assert area.meant(units=[area.closed.pk, area.neighbour.pk, area.a.pk]) == pks(area.a)
    assert area.meant(districts=[area.neighbour.pk], clusters=[10**9]) == set()


def test_districts_and_outside_bodies_are_never_recipients(area):
    outside = SchoolFactory(office=area.office, kind=UnitKind.EXTERNAL)

    assert area.meant(units=[area.kongra.pk, area.lake.pk, outside.pk]) == set()
    assert area.meant(units=[area.office.pk]) == pks(area.office)


def test_recipients_are_sorted_and_distinct(area):
    saved = AudienceFactory(owner_unit=area.plan, rule={"all_schools": True})
    person = HoldingFactory(unit=area.plan).member

    found = resolve_audience(
        {
            "all_schools": True,
            "units": [area.a.pk],
            "saved": [saved.pk],
            "groups": [area.plan.pk],
            "members": [person.pk],
        },
        office=area.office,
    )

    assert found == sorted(set(found), key=lambda one: (one[0], one[1] or 0))
    assert [one for one in found if one[0] == area.plan.pk] == [
        (area.plan.pk, None),
        (area.plan.pk, person.pk),
    ]


def test_a_person_is_found_in_the_unit_of_their_first_post(area):
    clerk = HoldingFactory(role=Role.SCHOOL_CLERK, unit=area.b).member
    HoldingFactory(member=clerk, role=Role.SCHOOL_CLERK, unit=area.a)

    found = resolve_audience({"members": [clerk.pk]}, office=area.office)

    assert found == [(area.b.pk, clerk.pk)]


def test_persons_without_a_post_in_the_office_today_are_passed_over(area):
    yesterday = clock.today() - timedelta(days=1)
    former = HoldingFactory(unit=area.plan, to_on=yesterday).member
    stranger = HoldingFactory(unit=area.neighbour).member
    left = HoldingFactory(unit=area.plan, member__is_active=False).member

    found = resolve_audience({"members": [former.pk, stranger.pk, left.pk]}, office=area.office)

    assert found == []


def test_a_person_stays_when_their_school_is_left_out(area):
    teacher = HoldingFactory(role=Role.TEACHER, unit=area.a).member

    found = resolve_audience(
        {"units": [area.a.pk], "members": [teacher.pk], "except": [area.a.pk]},
        office=area.office,
    )

    assert found == [(area.a.pk, teacher.pk)]


def test_saved_groups_that_name_each_other_come_to_an_end(area):
    first = AudienceFactory(owner_unit=area.plan, rule={"units": [area.a.pk]})
    second = AudienceFactory(owner_unit=area.plan, rule={"units": [area.b.pk], "saved": [first.pk]})
    Audience.objects.filter(pk=first.pk).update(
        rule={"units": [area.a.pk], "saved": [second.pk, first.pk]}
    )

    assert area.meant(saved=[first.pk]) == pks(area.a, area.b)
    assert area.meant(saved=[second.pk]) == pks(area.a, area.b)
    assert area.meant(saved=[first.pk, second.pk]) == pks(area.a, area.b)


def test_a_group_named_by_two_groups_is_whole_in_both(area):
    inner = AudienceFactory(owner_unit=area.plan, rule={"units": [area.a.pk, area.b.pk]})
    without = AudienceFactory(
        owner_unit=area.plan, rule={"saved": [inner.pk], "except": [area.a.pk]}
    )
    whole = AudienceFactory(owner_unit=area.plan, rule={"saved": [inner.pk]})

    assert area.meant(saved=[without.pk]) == pks(area.b)
    assert area.meant(saved=[without.pk, whole.pk]) == pks(area.a, area.b)


def test_groups_saved_in_another_office_mean_nobody(area):
    theirs = AudienceFactory(rule={"all_schools": True})

    assert area.meant(saved=[theirs.pk]) == set()


@pytest.mark.parametrize("rule", [None, [], {"units": "all"}, {"sizes": ["huge"]}])
def test_what_is_no_rule_is_refused_in_thai(area, rule):
    with pytest.raises(DomainError, match="เงื่อนไขของผู้รับไม่ถูกต้อง"):
        resolve_audience(rule, office=area.office)


def test_the_count_says_schools_units_and_persons(area):
    person = HoldingFactory(unit=area.plan).member

    count = count_audience(
        {"all_schools": True, "groups": [area.plan.pk], "members": [person.pk]},
        office=area.office,
    )

    assert (count.schools, count.units, count.persons) == (5, 1, 1)
    assert str(count) == "5 โรงเรียน 1 หน่วยงาน 1 คน"


def test_a_rule_is_described_with_the_names_of_the_office(area):
    rule = {"districts": [area.kongra.pk], "sizes": ["small"], "except": [area.a.pk]}

    assert describe_audience(rule, area.office) == "โรงเรียนขนาดเล็ก ในอำเภอกงหรา ยกเว้นโรงเรียนก"


def test_a_description_never_names_a_neighbours_units(area):
    text = describe_audience({"units": [area.neighbour.pk, area.a.pk]}, area.office)

    assert text == "โรงเรียนก"


def test_a_frozen_audience_stays_as_it_was(area):
    by = ActorFactory(unit=area.plan)
    snapshot = freeze_audience({"all_schools": True}, office=area.office, by=by)
    Unit.objects.filter(pk=area.a.pk).update(closed_on=clock.today())
    late = area.school("ใหม่", area.kongra, None, 10)

    snapshot = AudienceSnapshot.objects.get(pk=snapshot.pk)

    assert snapshot.total == 5
    assert {unit for unit, _ in snapshot.recipients} == pks(area.a, area.b, area.c, area.d, area.e)
    assert snapshot.summary == "5 โรงเรียน · ทุกโรงเรียน"
    assert snapshot.frozen_by == by.member
    drift = audience_drift(snapshot)
    assert drift.gone == ((area.a.pk, None),)
    assert drift.come == ((late.pk, None),)


def test_a_frozen_audience_that_still_holds_has_no_drift(area):
    snapshot = freeze_audience(
        {"districts": [area.kongra.pk]}, office=area.office, by=ActorFactory(unit=area.plan)
    )

    assert not audience_drift(AudienceSnapshot.objects.get(pk=snapshot.pk))


@pytest.mark.parametrize("rule", [{}, {"sizes": ["large"]}])
def test_an_audience_of_nobody_cannot_be_frozen(area, rule):
    with pytest.raises(DomainError, match="ยังไม่มีผู้รับ"):
        freeze_audience(rule, office=area.office, by=ActorFactory(unit=area.plan))


def test_a_summary_of_many_names_fits_its_place(area):
    schools = [area.school("ชื่อยาวมาก" * 12 + str(n), None, None, 1) for n in range(8)]

    snapshot = freeze_audience(
        {"units": [school.pk for school in schools]},
        office=area.office,
        by=ActorFactory(unit=area.plan),
    )

    assert len(snapshot.summary) <= 300
    assert snapshot.summary.startswith("8 โรงเรียน · โรงเรียนชื่อยาวมาก")


def test_the_number_of_queries_does_not_grow_with_the_schools(area, django_assert_num_queries):
    rule = {"all_schools": True, "groups": [area.plan.pk], "except": [area.a.pk]}
    with django_assert_num_queries(2):
        few = resolve_audience(rule, office=area.office)
    for number in range(20):
        area.school(str(number), area.kongra, None, 50)

    with django_assert_num_queries(2):
        many = resolve_audience(rule, office=area.office)

    assert len(many) == len(few) + 20


# Saved groups ---------------------------------------------------------------------------------


def test_a_unit_saves_a_group_and_changes_it_under_the_same_name(area):
    by = ActorFactory(unit=area.plan)
    save_audience("นำร่อง", {"units": [area.a.pk]}, owner_unit=area.plan, by=by)

    save_audience("นำร่อง", {"units": [area.b.pk]}, owner_unit=area.plan, by=by)

    audience = Audience.objects.get()
    assert audience.rule == {"units": [area.b.pk]}
    assert list(AuditEntry.objects.values_list("action", flat=True).order_by("pk")) == [
        "audience.added",
        "audience.changed",
    ]
    assert AuditEntry.objects.last().data == {
        "rule": [{"units": [area.a.pk]}, {"units": [area.b.pk]}]
    }


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [({}, "เลือกผู้รับอย่างน้อยหนึ่งรายการ"), ({"units": "x"}, "เงื่อนไขของกลุ่มผู้รับไม่ถูกต้อง")],
)
def test_a_group_of_nobody_is_not_saved(area, rule, complaint):
    with pytest.raises(DomainError, match=complaint):
        save_audience("ว่าง", rule, owner_unit=area.plan, by=ActorFactory(unit=area.plan))


def test_only_the_unit_and_the_administrator_keep_its_groups(area):
    audience = AudienceFactory(owner_unit=area.plan)
    colleague = ActorFactory(unit=area.money)
    teacher = ActorFactory(role=Role.TEACHER, unit=area.plan)

    for actor in (colleague, teacher, ActorFactory(role=Role.ADMINISTRATOR)):
        with pytest.raises(PermissionDenied):
            remove_audience(audience, by=actor)
    remove_audience(audience, by=ActorFactory(role=Role.ADMINISTRATOR, unit=area.office))

    assert not Audience.objects.exists()
    assert AuditEntry.objects.get().action == "audience.removed"


@pytest.mark.django_db(transaction=True)
def test_a_group_saved_by_eight_at_once_is_one_group(race):
    group = GroupFactory()
    by = ActorFactory(unit=group)
    rule = {"all_schools": True}

    results = race(8, lambda number: save_audience("ทุกแห่ง", rule, owner_unit=group, by=by))

    assert {result.pk for result in results} == {Audience.objects.get().pk}
