"""Writing, publishing, withdrawing and acknowledging."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from members.models import Role
from members.querysets import holdings_today
from members.tests.factories import (
    ActorFactory,
    GroupFactory,
    HoldingFactory,
    SchoolFactory,
    acting,
)
from portal.announcements.models import (
    Acknowledgement,
    Announcement,
    AnnouncementState,
    Recipient,
    Visibility,
)
from portal.announcements.services import (
    DEEDS,
    Outrun,
    acknowledge,
    create_announcement,
    current_for,
    discard_draft,
    missing_for_publishing,
    people_of,
    prepare_publishing,
    public_news,
    publish_announcement,
    restore_draft,
    save_draft,
    set_audience,
    strip_for,
    summary,
    withdraw_announcement,
)
from portal.announcements.tests.factories import AnnouncementFactory, published, staff
from portal.audit.models import AuditEntry
from portal.audit.services import history_of
from portal.core.clock import today
from portal.core.errors import Conflict, DomainError, InvalidTransition
from portal.outbox.models import OutboxMessage

pytestmark = [pytest.mark.engine, pytest.mark.django_db]
KEY = UUID("4f2f5d2e-8d0e-4a6e-9a53-0f6f3c2a8a11")


def test_a_draft_is_cleaned_and_begun_once_for_one_key():
    officer = ActorFactory()
    unit = officer.holding.post.unit
    said = {"title": "ปิดระบบ", "text": "<p>ก</p><script>1</script>", "key": KEY, "by": officer}

    first, second = create_announcement(unit, **said), create_announcement(unit, **said)

    assert first == second
    assert first.text == "<p>ก</p>"
    assert AuditEntry.objects.filter(action="announcement.created").count() == 1


def test_a_school_announces_to_its_own_people_and_never_to_visitors():
    clerk = ActorFactory(role=Role.SCHOOL_CLERK)
    school = clerk.holding.post.unit

    draft = create_announcement(
        school, title="ประชุมครู", text="<p>ก</p>", visibility=Visibility.PUBLIC, by=clerk
    )

    assert draft.audience_rule == {"units": [school.pk]}
    assert draft.visibility == Visibility.RECIPIENTS
    with pytest.raises(PermissionDenied):
        set_audience(draft, rule={"all_schools": True}, by=clerk)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ADMINISTRATOR])
def test_who_neither_works_in_the_office_nor_at_a_schools_desk_announces_nothing(role):
    actor = ActorFactory(role=role)

    with pytest.raises(PermissionDenied):
        create_announcement(actor.holding.post.unit, title="ก", text="<p>ก</p>", by=actor)


def test_nobody_announces_in_the_name_of_another_unit():
    draft = AnnouncementFactory()
    stranger = ActorFactory(unit=GroupFactory(office=draft.unit.office))

    with pytest.raises(PermissionDenied):
        save_draft(draft, version=1, text="<p>ข</p>", title="ข", by=stranger)


def test_two_people_at_one_draft_do_not_overwrite_each_other():
    draft = AnnouncementFactory()
    by = acting(draft.author)
    save_draft(draft, version=1, text="<p>ของเขา</p>", title="ก", by=by)

    with pytest.raises(Outrun):
        save_draft(draft, version=1, text="<p>ของฉัน</p>", title="ก", by=by)
    again = save_draft(draft, version=1, text="<p>ของเขา</p>", title="ก", by=by)

    assert (again.text, again.version) == ("<p>ของเขา</p>", 2)


def test_a_draft_without_recipients_or_words_is_not_published():
    draft = AnnouncementFactory(text="", needs_acknowledgement=True)

    assert missing_for_publishing(draft) == ["เขียนข้อความ", "เลือกผู้รับ"]
    with pytest.raises(DomainError, match="เลือกผู้รับ"):
        prepare_publishing(draft, by=acting(draft.author))


def test_publishing_freezes_the_recipients_and_tells_them_once():
    school = SchoolFactory()
    group = GroupFactory(office=school.office)
    draft = AnnouncementFactory(unit=group, audience_rule={"units": [school.pk]})
    by = acting(draft.author)
    snapshot = prepare_publishing(draft, by=by)

    for _time in range(2):
        one = publish_announcement(draft, snapshot=snapshot, key=KEY, by=by)

    assert one.state == AnnouncementState.PUBLISHED
    assert one.from_on == today()
    assert list(Recipient.objects.values_list("unit", "member")) == [(school.pk, None)]
    assert OutboxMessage.objects.filter(topic="announcements.published").count() == 1
    with pytest.raises(InvalidTransition):
        publish_announcement(draft, snapshot=snapshot, key=None, by=by)


def test_recipients_that_moved_since_the_page_are_asked_again():
    school, second = (first := SchoolFactory()), SchoolFactory(office=first.office)
    draft = AnnouncementFactory(
        unit=GroupFactory(office=school.office), audience_rule={"all_schools": True}
    )
    by = acting(draft.author)
    snapshot = prepare_publishing(draft, by=by)
    second.closed_on = today()
    second.save(update_fields=["closed_on"])

    with pytest.raises(Conflict):
        publish_announcement(draft, snapshot=snapshot, key=None, by=by)


def test_what_begins_later_is_told_on_its_first_day(clock):
    clock(2026, 11, 20, 9)
    school = SchoolFactory()
    teacher = staff(school)
    one = published(
        unit=GroupFactory(office=school.office), to=[school], from_on=today() + timedelta(days=3)
    )
    message = OutboxMessage.objects.get(topic="announcements.published")

    assert message.due_at.isoformat() == "2026-11-22T17:00:00+00:00"
    assert not Announcement.objects.visible_to(teacher).exists()
    clock(2026, 11, 23, 9)
    assert list(Announcement.objects.visible_to(teacher)) == [one]


def test_acknowledging_twice_is_once_and_says_so_in_the_history():
    school = SchoolFactory()
    teacher = acting(staff(school))
    one = published(
        unit=GroupFactory(office=school.office), to=[school], needs_acknowledgement=True
    )

    assert acknowledge(one, by=teacher) == acknowledge(one, by=teacher)

    assert Acknowledgement.objects.filter(announcement=one).count() == 1
    assert AuditEntry.objects.filter(action="announcement.acknowledged").count() == 1


def test_only_recipients_acknowledge_and_only_what_asks_for_it():
    school, other = SchoolFactory(), SchoolFactory()
    group = GroupFactory(office=school.office)
    asks = published(unit=group, to=[school], needs_acknowledgement=True)
    tells = published(unit=group, to=[school])

    with pytest.raises(PermissionDenied):
        acknowledge(asks, by=acting(staff(other)))
    with pytest.raises(PermissionDenied):
        acknowledge(tells, by=acting(staff(school)))


def test_a_withdrawn_announcement_is_gone_for_its_recipients_and_asks_for_nothing():
    school = SchoolFactory()
    teacher = staff(school)
    one = published(
        unit=GroupFactory(office=school.office), to=[school], needs_acknowledgement=True
    )

    withdraw_announcement(one, reason="ลงวันผิด", by=acting(one.author))

    assert not Announcement.objects.visible_to(teacher).exists()
    assert current_for(teacher) == []
    assert [deed.reason for deed in history_of(one, DEEDS)] == ["ลงวันผิด", "", ""][:2]
    with pytest.raises(DomainError):
        acknowledge(one, by=acting(teacher))


def test_a_draft_thrown_away_can_be_taken_back_and_a_published_one_cannot_be_thrown_away():
    draft = AnnouncementFactory()
    by = acting(draft.author)

    discard_draft(draft, by=by)
    assert restore_draft(draft, by=by).is_draft

    one = published(visibility=Visibility.PUBLIC)
    with pytest.raises(InvalidTransition):
        discard_draft(one, by=acting(one.author))


def test_the_people_of_an_announcement_are_those_of_its_units_today_and_those_named():
    school = SchoolFactory()
    teacher, named, leaver = (
        staff(school),
        staff(SchoolFactory(office=school.office)),
        staff(school),
    )
    one = published(unit=GroupFactory(office=school.office), to=[school], persons=[named])
    leaver.holdings.update(to_on=today() - timedelta(days=1))
    newcomer = staff(school)

    assert set(people_of(one)) == {teacher, named, newcomer}


def test_what_asks_for_a_word_stands_first_then_what_is_urgent():
    school = SchoolFactory()
    group, teacher = GroupFactory(office=school.office), staff(school)
    asks = published(unit=group, to=[school], needs_acknowledgement=True)
    urgent = published(unit=group, to=[school], is_urgent=True)
    plain = published(unit=group, to=[school])
    published(unit=group, to=[SchoolFactory(office=school.office)])

    assert current_for(teacher) == [asks, urgent, plain]
    assert strip_for(teacher) == [asks, urgent]

    acknowledge(asks, by=acting(teacher))
    assert strip_for(teacher) == [urgent]


def test_news_are_public_and_of_today(clock):
    clock(2026, 11, 20, 9)
    news = published(visibility=Visibility.PUBLIC, until_on=today())
    published(visibility=Visibility.PUBLIC, from_on=today() + timedelta(days=1))

    assert public_news() == [news]
    clock(2026, 11, 21, 9)
    assert [one.pk for one in public_news()] != [news.pk]


def test_readers_for_other_pages_ask_one_question(django_assert_num_queries):
    school = SchoolFactory()
    teacher = staff(school)
    teacher.holdings_kept = holdings_today(teacher)  # as whoever signed in does
    for _each in range(3):
        published(unit=GroupFactory(office=school.office), to=[school], is_urgent=True)

    for read in (lambda: current_for(teacher), lambda: strip_for(teacher), public_news):
        with django_assert_num_queries(1):
            [one.unit.label for one in read()]


def test_the_summary_is_one_short_line_of_words():
    one = AnnouncementFactory.build(text="<h2>หัวข้อ</h2><p>" + "ก" * 300, unit=None, author=None)

    assert summary(one).startswith("หัวข้อ กกก")
    assert len(summary(one)) == 161


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.delete(),
        lambda one: Recipient.objects.filter(announcement=one).delete(),
        lambda one: Acknowledgement.objects.update(at="2020-01-01T00:00Z"),
    ],
)
def test_the_database_keeps_what_was_announced_and_who_knows(change):
    school = SchoolFactory()
    one = published(
        unit=GroupFactory(office=school.office), to=[school], needs_acknowledgement=True
    )
    acknowledge(one, by=acting(staff(school)))

    with pytest.raises(DatabaseError), transaction.atomic():
        change(one)


@pytest.mark.django_db(transaction=True)
def test_eight_windows_of_one_member_acknowledge_once(race):
    school = SchoolFactory()
    member = HoldingFactory(role=Role.TEACHER, unit=school).member
    one = published(
        unit=GroupFactory(office=school.office), to=[school], needs_acknowledgement=True
    )

    race(8, lambda _: acknowledge(one, by=acting(member)))

    assert Acknowledgement.objects.filter(announcement=one).count() == 1
