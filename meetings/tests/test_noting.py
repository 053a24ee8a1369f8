"""Notes: whose they are, what is kept, and what is printed on exactly one page."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.domain.notes import BOXES, PART_NAMES
from meetings.models import Meeting, Note
from meetings.resources import find_meeting, note_readers
from meetings.services.mapping import save_map
from meetings.services.noting import (
    NoteConflict,
    TooLong,
    as_read_by,
    as_typed,
    note_fill,
    note_gauge,
    note_of,
    print_note,
    questions_of_the_room,
    save_note,
    share_note,
    shared_words,
    unshare_note,
)
from meetings.tests.factories import MeetingFactory, chair_of, staff_of
from members.services import Actor
from members.tests.factories import GroupFactory, acting
from portal.audit.models import AuditEntry
from portal.core.errors import DomainError
from portal.papers.tests.factories import page_count, text_lines, without_spaces
from tests.world import World, make_world

pytestmark = pytest.mark.django_db

LINE = "ใครโทรตามโรงเรียนบนเกาะ ภายในกี่โมง"


@pytest.fixture
def meeting() -> Meeting:
    unit = GroupFactory()
    return MeetingFactory(unit=unit, people=[staff_of(unit)])


def guest_of(meeting: Meeting) -> Actor:
    return acting(meeting.attendances.get().member)


def write(meeting: Meeting, by: Actor, *, version: int = 0, **changes: object) -> Note:
    return save_note(meeting, version=version, changes=changes, by=by)


def test_the_first_word_makes_the_note_and_every_save_counts(meeting):
    by = guest_of(meeting)
    assert note_of(meeting, by).pk is None

    first = write(meeting, by, heard="ฝนหนัก", tasks=[{"task": "โทร", "who": "", "by": ""}, {}])
    second = write(meeting, by, version=1, heard="ฝนหนัก\nน้ำท่วม")

    assert (first.pk, first.version, second.version) == (second.pk, 1, 2)
    stored = Note.objects.get()
    assert (stored.heard, stored.tasks) == (
        "ฝนหนัก\nน้ำท่วม",
        [{"task": "โทร", "who": "", "by": ""}],
    )
    assert not AuditEntry.objects.filter(subject_type="meetings.note").exists()


def test_a_note_that_moved_on_is_not_written_over(meeting):
    by = guest_of(meeting)
    write(meeting, by, heard="จากโทรศัพท์")

    with pytest.raises(NoteConflict) as caught:
        write(meeting, by, version=0, heard="จากคอมพิวเตอร์")

    assert caught.value.current.heard == "จากโทรศัพท์"
    assert Note.objects.get().heard == "จากโทรศัพท์"


def test_unknown_fields_are_a_mistake_of_the_house(meeting):
    with pytest.raises(ValueError, match="shared_at"):
        write(meeting, guest_of(meeting), shared_at=None)


def test_who_takes_no_part_writes_no_note(meeting):
    neighbour = acting(staff_of(meeting.unit))

    for deed in (
        lambda: write(meeting, neighbour, heard="ก"),
        lambda: share_note(meeting, by=neighbour),
    ):
        with pytest.raises(PermissionDenied):
            deed()

    assert not Note.objects.exists()


def test_the_chair_writes_one_as_well(meeting):
    assert write(meeting, chair_of(meeting), heard="ก").writer == meeting.chair


# Sharing ------------------------------------------------------------------------------------------


def test_a_note_is_its_writers_alone_until_it_is_shared(meeting):
    by, reader = guest_of(meeting), meeting.chair
    note = write(meeting, by, asked="ใคร\n\nเมื่อไร")
    assert list(Note.objects.visible_to(by.member)) == [note]
    assert not Note.objects.visible_to(reader).exists()
    assert shared_words(meeting) == ""

    share_note(meeting, by=by)
    share_note(meeting, by=by)

    assert list(Note.objects.visible_to(reader)) == [note]
    assert "เมื่อไร" in shared_words(meeting)
    unshare_note(meeting, by=by)
    unshare_note(meeting, by=by)
    assert not Note.objects.visible_to(reader).exists()
    actions = AuditEntry.objects.filter(subject_type="meetings.note").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["note.shared", "note.unshared"]


def test_nobody_sees_notes_of_meetings_they_do_not_see():
    world: World = make_world()
    members = world.members
    meeting = MeetingFactory(unit=world.group, people=[members["teacher"]])
    for name in ("officer", "teacher"):
        member = members[name]
        if name == "officer":
            meeting.attendances.create(member=member, invited_at=meeting.created_at)
        write(meeting, world.actor(name), heard=name)
    share_note(meeting, by=world.actor("teacher"))

    for name, member in members.items():
        seen = set(Note.objects.visible_to(member).values_list("heard", flat=True))
        may_open = Meeting.objects.visible_to(member).filter(pk=meeting.pk).exists()
        wanted = {"teacher"} if may_open else set()
        assert seen == wanted | ({"officer"} if name == "officer" else set()), name
    assert not Note.objects.visible_to(None).exists()
    for note in Note.objects.all():
        readers = set(note_readers(note).filter(pk__in=[one.pk for one in members.values()]))
        seeing = {one for one in members.values() if note in Note.objects.visible_to(one)}
        assert readers == seeing


def test_the_search_reads_shared_notes_and_the_rooms_map_and_nothing_private(meeting):
    by = guest_of(meeting)
    write(meeting, by, heard="ลับของฉัน")
    write(meeting, chair_of(meeting), heard="ทุ่งกระจูด")
    share_note(meeting, by=chair_of(meeting))
    save_map(meeting, tree={"text": "เขื่อนดิน", "children": []}, version=0, by=by)
    save_map(meeting, tree={"text": "ในใจ", "children": []}, version=0, mine=True, by=by)

    found = find_meeting(Meeting.objects.get())

    assert found is not None
    assert [word in found.body for word in ("ทุ่งกระจูด", "เขื่อนดิน", "ลับของฉัน", "ในใจ")] == [
        True,
        True,
        False,
        False,
    ]


def test_an_empty_note_is_not_shared(meeting):
    with pytest.raises(DomainError, match="ยังว่างอยู่"):
        share_note(meeting, by=guest_of(meeting))


def test_the_rooms_questions_come_with_a_name_or_without(meeting):
    by = guest_of(meeting)
    write(meeting, by, asked="ใครโทร\n\n ภายในกี่โมง ", asks_by_name=False)
    write(meeting, chair_of(meeting), asked="งบเท่าไร")
    assert questions_of_the_room(meeting) == []

    share_note(meeting, by=by)
    share_note(meeting, by=chair_of(meeting))

    found = [(one.text, one.asker) for one in questions_of_the_room(meeting)]
    assert found == [("งบเท่าไร", str(meeting.chair)), ("ภายในกี่โมง", ""), ("ใครโทร", "")]


def test_nameless_questions_are_in_nobodys_note_but_their_writers(meeting):
    by, reader = guest_of(meeting), meeting.chair
    note = write(meeting, by, asked="ใครโทร", thought="ย้ายของ", asks_by_name=False)
    named = write(meeting, chair_of(meeting), asked="งบเท่าไร")

    assert [as_read_by(one, note).asked for one in (reader, by.member)] == ["", "ใครโทร"]
    assert as_read_by(reader, note).thought == "ย้ายของ"
    assert as_read_by(by.member, named).asked == "งบเท่าไร"


# On paper -----------------------------------------------------------------------------------------


def test_the_gauge_says_what_is_left_and_what_is_too_long(meeting):
    by = guest_of(meeting)
    note = write(meeting, by, asked="\n".join([LINE] * 15), heard=LINE)
    gauge = note_gauge(note)
    assert (gauge.words, gauge.tone, gauge.fits) == ("พอดีหนึ่งหน้า A4", "", True)
    assert gauge.parts["asked"].words == "เกือบเต็ม"
    assert gauge.parts["heard"].words == "เหลือ 14 บรรทัด"

    longer = as_typed(note, {"asked": "\n".join([LINE] * 17)})

    gauge = note_gauge(longer)
    assert (gauge.words, gauge.tone) == ("ปุ ยาวไป 2 บรรทัด", "late")
    assert Note.objects.get().asked == "\n".join([LINE] * 15)


def test_what_is_too_long_is_kept_and_not_printed(meeting):
    rows = [{"task": f"งาน {n}", "who": "", "by": ""} for n in range(9)]
    note = write(meeting, guest_of(meeting), asked="\n".join([LINE] * 17), tasks=rows)

    with pytest.raises(TooLong, match="ปุ ยาวไป 2 บรรทัด · ตารางงาน ยาวไป 3 บรรทัด"):
        print_note(note)

    assert Note.objects.get().asked.count(LINE) == 17


texts = st.one_of(
    st.lists(st.sampled_from([LINE, "น้ำท่วม", "ใบสำคัญไม่ครบซ้ำ ๆ", "ว 1482", ""]), max_size=20).map(
        "\n".join
    ),
    st.text(alphabet="กขคงนมรวสหอเแโใไะาิีึืุู่้์ำ \n1.", max_size=900),
    st.integers(0, 600).map("W".__mul__),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(boxes=st.fixed_dictionaries(dict.fromkeys(BOXES, texts)))
def test_the_pdf_is_one_page_with_every_word_or_the_right_box_is_named(meeting, boxes):
    note = as_typed(note_of(meeting, guest_of(meeting)), boxes)
    fill = note_fill(note)
    over = [name for name in BOXES if fill.parts[name].used > fill.parts[name].room]
    if not fill.fits:
        said = " · ".join(f"{PART_NAMES[name]} ยาวไป {fill.parts[name].over}" for name in over)
        assert over
        with pytest.raises(TooLong, match=f"{said.replace(' · ', ' บรรทัด · ')} บรรทัด จึง"):
            print_note(note)
        return

    pdf = print_note(note)

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) == page_count(pdf) == 1
    printed = "".join(text_lines(pdf))
    for text in boxes.values():
        assert LINE not in text or without_spaces(LINE) in printed
