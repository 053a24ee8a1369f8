"""A whole run of numbers, or what is left of it, given up by one deed."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from documents.models import EntryState, RegisterBook, RegisterEntry
from documents.services.issuing import Issue, give_up_run, issue_awards
from documents.services.reserving import give_up_number
from documents.services.verifying import verify_book
from documents.tests.factories import clerk_of
from documents.tests.pages import browser_of
from members.tests.factories import SchoolFactory
from portal.audit.models import AuditEntry
from portal.audit.tests.history import history_of
from portal.core.clock import today
from portal.core.errors import DomainError

pytestmark = pytest.mark.django_db


def run_of(clerk, count=4):
    issue = Issue(subject="ค่ายวิชาการ", dated_on=today(), signer="ผู้อำนวยการ")
    unit = clerk.holding.post.unit
    return issue_awards(unit, issue=issue, count=count, key=uuid4(), by=clerk)


def lines():
    return RegisterEntry.objects.order_by("number")


def test_all_numbers_are_void_for_one_reason_in_one_line_of_the_history(clerk):
    head = run_of(clerk)

    assert give_up_run(head, reason=" ชื่องานผิด ", by=clerk) == 4

    assert set(lines().values_list("state", "void_reason", "voided_by")) == {
        (EntryState.VOID, "ชื่องานผิด", clerk.member.pk)
    }
    assert history_of(head).count("register.entry_voided") == 1
    assert AuditEntry.objects.filter(action="register.entry_voided").count() == 1
    assert verify_book(RegisterBook.objects.get()).doubts == []


def test_what_was_void_before_keeps_its_reason_and_the_next_run_its_numbers(clerk):
    head, following = run_of(clerk), run_of(clerk, 2)
    give_up_number(lines()[1], reason="พิมพ์เสีย", by=clerk)

    assert give_up_run(head, reason="ยกเลิกงาน", by=clerk) == 3

    reasons = list(lines().values_list("void_reason", flat=True))
    assert reasons == ["ยกเลิกงาน", "พิมพ์เสีย", "ยกเลิกงาน", "ยกเลิกงาน", "", ""]
    following.refresh_from_db()
    assert following.state == EntryState.USED
    assert verify_book(RegisterBook.objects.get()).doubts == []


def test_a_line_made_void_beside_the_deed_is_doubted(clerk):
    """The control: the history names the lines of its deed, and no others."""
    head = run_of(clerk)
    give_up_run(head, reason="ยกเลิกงาน", by=clerk)
    entry = AuditEntry.objects.filter(action="register.entry_voided").get()

    assert sorted(entry.data["entries"]) == list(lines().values_list("pk", flat=True))

    other = run_of(clerk, 2)
    RegisterEntry.objects.filter(run_head=other).update(state=EntryState.VOID, void_reason="ซ่อน")
    assert len(verify_book(RegisterBook.objects.get()).doubts) == 1


def test_a_run_is_given_up_once_with_a_reason_by_who_issues(clerk):
    head = run_of(clerk)
    with pytest.raises(DomainError, match="เหตุผล"):
        give_up_run(head, reason=" ", by=clerk)
    with pytest.raises(PermissionDenied):
        give_up_run(head, reason="ผิด", by=clerk_of(SchoolFactory()))
    assert not lines().filter(state=EntryState.VOID).exists()

    give_up_run(head, reason="ผิด", by=clerk)
    with pytest.raises(DomainError, match="ครบแล้ว"):
        give_up_run(head, reason="อีกครั้ง", by=clerk)


def test_from_the_page_of_any_line_the_whole_run_is_given_up(clerk):
    run_of(clerk)
    line = lines()[2]
    window = browser_of(clerk)
    url = reverse("documents:register-void", args=[line.pk])
    page = reverse("documents:register-entry", args=[line.pk])
    assert "ยกเลิก 4 เลข" in window.get(page).content.decode()

    without = window.post(url, {"key": uuid4(), "reason": "", "run": "1"})
    done = window.post(url, {"key": uuid4(), "reason": "ยกเลิกงาน", "run": "1"})

    assert (without.status_code, done.status_code) == (422, 302)
    assert lines().filter(state=EntryState.VOID).count() == 4
    assert "ยกเลิกทั้งชุด" not in window.get(page).content.decode()
