"""Numbers of a group's memos, kept by whoever writes there."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from documents.models import EntryState, Letter, LetterKind, RegisterEntry, Series
from documents.services.reserving import give_up_number, reserve_number
from documents.services.sending import prepare_sending, register_letter
from documents.tests.factories import LetterFactory, officer_of
from documents.tests.pages import browser_of
from documents.tests.registers import unit_of
from members.tests.factories import GroupFactory, SchoolFactory
from portal.core.clock import today
from portal.core.thaidates import short_date

pytestmark = pytest.mark.django_db

PAGE = reverse("documents:register-reserve")


@pytest.fixture
def officer():
    return officer_of(GroupFactory(office=SchoolFactory().office))


def keep(by, unit=None, series=Series.MEMO):
    return reserve_number(
        unit or unit_of(by), series, purpose="บันทึกขออนุมัติ", expires_on=today(), key=uuid4(), by=by
    )


def asked_for(by, series):
    return {
        "key": uuid4(),
        "unit": unit_of(by).pk,
        "series": series,
        "purpose": "บันทึกขออนุมัติ",
        "expires_on": short_date(today()),
    }


def test_a_writer_keeps_a_number_and_the_memo_takes_it(officer):
    kept, after = keep(officer), keep(officer)
    group = unit_of(officer)
    other = GroupFactory(office=group.office)
    memo = LetterFactory(
        owner_unit=group, kind=LetterKind.MEMO, audience_rule={"groups": [other.pk]}
    )
    snapshot = prepare_sending(memo, by=officer)

    register_letter(memo, snapshot=snapshot, reserved=kept.pk, key=uuid4(), by=officer)

    assert Letter.objects.get(pk=memo.pk).number == kept.number == 1
    assert RegisterEntry.objects.get(pk=after.pk).state == EntryState.RESERVED


@pytest.mark.parametrize("series", [Series.OUT, Series.CIRCULAR, Series.ORDER])
def test_other_series_of_the_group_are_not_the_writers(officer, series):
    with pytest.raises(PermissionDenied):
        keep(officer, series=series)


def test_neither_are_the_memos_of_another_group_or_of_the_office(officer):
    office = unit_of(officer).office
    for unit in (GroupFactory(office=office), office):
        with pytest.raises(PermissionDenied):
            keep(officer, unit=unit)


def test_a_kept_number_is_returned_by_a_writer_of_the_group_and_by_nobody_else(officer):
    kept = keep(officer)
    with pytest.raises(PermissionDenied):
        give_up_number(
            kept, reason="ไม่ใช้", by=officer_of(GroupFactory(office=unit_of(officer).office))
        )

    give_up_number(kept, reason="ไม่ใช้", by=officer_of(unit_of(officer)))

    assert RegisterEntry.objects.get(pk=kept.pk).state == EntryState.VOID


def test_the_page_offers_memos_only_and_leads_to_the_line(officer):
    window = browser_of(officer)
    page = window.get(PAGE).content.decode()
    assert 'value="memo"' in page
    assert 'value="out"' not in page
    assert PAGE in window.get(reverse("documents:registers")).content.decode()
    assert (
        reverse("documents:register-issue")
        not in window.get(reverse("documents:registers")).content.decode()
    )

    refused = window.post(PAGE, asked_for(officer, "out"))
    kept = window.post(PAGE, asked_for(officer, "memo"))

    entry = RegisterEntry.objects.get()
    assert refused.status_code == 422
    assert kept.url == reverse("documents:register-entry", args=[entry.pk])
    line = window.get(kept.url).content.decode()
    assert "คืนเลขที่จอง" in line
    gone = window.post(
        reverse("documents:register-void", args=[entry.pk]), {"key": uuid4(), "reason": "ไม่ใช้"}
    )
    assert gone.status_code == 302
    entry.refresh_from_db()
    assert entry.state == EntryState.VOID
