"""Taking back and replacing in a browser, on a phone and a desk."""

from __future__ import annotations

import pytest

from documents.models import Letter, LetterState
from documents.tests.factories import LetterFactory, clerk_of, officer_of, registrar_of
from members.models import Member
from members.tests.factories import GroupFactory, SchoolFactory
from tests.browser import DESKTOP, PHONE
from tests.walk import Walk, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SUBJECT = "การประชุมผู้อำนวยการโรงเรียน ครั้งที่ 11"


@pytest.fixture
def letters():
    """Two submitted letters of a group to one school; all sign in by the names of their roles."""
    school = SchoolFactory(name="โรงเรียนบ้านต้นสน")
    group = GroupFactory(office=school.office)
    people = {
        "registrar": registrar_of(school.office),
        "officer": officer_of(group),
        "school_clerk": clerk_of(school),
    }
    for name, actor in people.items():
        Member.objects.filter(pk=actor.member.pk).update(username=name)
    return [
        LetterFactory(owner_unit=group, subject=subject, state=LetterState.SUBMITTED)
        for subject in ("หนังสือที่ส่งผิด", SUBJECT)
    ]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_letter_is_taken_back_and_another_one_replaced(
    width, open_window, live_server, sign_in, axe, letters
):
    Letter.objects.update(submitted_at=letters[0].created_at)
    walk = Walk(open_window(width), live_server.url, sign_in, axe)
    wrong, meeting = letters

    take_back(walk, wrong)
    read_the_trace(walk, wrong)
    newer = replace(walk, meeting)
    read_both(walk, meeting, newer)


def number(walk, letter):
    walk.goto("documents:letter", letter.pk)
    walk.press("ตรวจแล้ว")
    walk.send()
    letter.refresh_from_db()
    walk.page.go_back()  # to the page that asked, which came by a POST
    walk.sees(letter.number_text)


def take_back(walk, letter):
    walk.enter("registrar")
    number(walk, letter)
    walk.goto("documents:letter-board", letter.pk)
    walk.sees("ส่งผิดดึงกลับได้อีก")
    walk.look()
    walk.press("ดึงกลับ", within="[data-countdown]")
    walk.sees("ดึงกลับแล้ว", "เลขยังอยู่ในทะเบียน")
    walk.look()
    letter.refresh_from_db()
    assert letter.state == LetterState.RECALLED


def read_the_trace(walk, letter):
    work()
    walk.enter("school_clerk")
    walk.goto("documents:inbox")
    assert letter.subject not in walk.page.content()
    walk.goto("documents:letter", letter.pk)
    walk.sees("เรียกคืนเมื่อ", "ส่งผิดพลาด")
    walk.look()


def replace(walk, letter):
    walk.enter("registrar")
    number(walk, letter)
    walk.enter("school_clerk")
    walk.goto("documents:letter", letter.pk)
    walk.press("ลงรับ", within=".letter-receive, .actionbar")
    walk.enter("registrar")
    walk.goto("documents:letter-recall", letter.pk)
    walk.sees("บ้านต้นสน", "เลขรับ 1")
    walk.look()
    walk.press("ร่างหนังสือแทนที่")
    walk.sees("เมื่อส่งแล้ว ฉบับนี้จะแทนฉบับเดิม")
    walk.look()
    newer = Letter.objects.get(succeeds=letter)
    number_the_draft(walk, newer)
    return newer


def number_the_draft(walk, letter):
    walk.press("ตรวจแล้ว", within=".draft-deeds, .actionbar")
    walk.send()
    letter.refresh_from_db()
    assert letter.state == LetterState.SENT


def read_both(walk, old, newer):
    walk.enter("school_clerk")
    walk.goto("documents:letter", old.pk)
    walk.sees("ฉบับนี้มีฉบับใหม่แทน", newer.number_text)
    walk.look()
    walk.goto("documents:letter", newer.pk)
    walk.sees("ฉบับนี้แทนฉบับเดิม", old.number_text)
