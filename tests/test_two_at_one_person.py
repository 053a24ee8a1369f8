"""Two people at one person of the back office: the holdings typed beside the name, both texts.

As in `test_two_at_one_form`; the fingerprint stands for all holdings of the person together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from members.models import Holding, Post
from members.tests.factories import PostFactory
from tests.test_two_at_one_form import form_on

pytestmark = pytest.mark.django_db

FIRST, SECOND = date(2027, 9, 30), date(2028, 9, 30)
TYPED_FIRST, TYPED_SECOND = "30 ก.ย. 2570", "30 ก.ย. 2571"


@dataclass(frozen=True)
class Beside:
    """A person in the back office: their one holding, the page, and what it sends as it is."""

    holding: Holding
    client: Client
    url: str
    form: dict[str, list[str]]

    def send(self, **typed: str) -> HttpResponse:
        """Send the page with these values; `to_on_0` is the field `to_on` of the first holding."""
        fields = {f"holdings-{name[-1]}-{name[:-2]}": [value] for name, value in typed.items()}
        return self.client.post(self.url, self.form | fields)

    def send_more(self, post: Post) -> HttpResponse:
        """Send the page with one holding more."""
        more = replace(self, form=self.form | {"holdings-TOTAL_FORMS": ["2"]})
        return more.send(post_1=str(post.pk), from_on_1="1 ต.ค. 2569")

    def again(self, response: HttpResponse) -> HttpResponse:
        """Send what came back, as it came back."""
        return self.client.post(self.url, form_on(response.content.decode(), self.url, self.url))

    def held(self) -> list[tuple[str, date | None]]:
        holdings = self.holding.member.holdings.order_by("pk")
        return [(str(holding), holding.to_on) for holding in holdings]


@pytest.fixture
def beside(world):
    holding = world.members["teacher"].holdings.get()
    url = reverse("admin:members_member_change", args=[holding.member_id])
    client = Client()
    client.force_login(world.members["admin"])
    return Beside(holding, client, url, form_on(client.get(url).content.decode(), url, url))


def test_a_holding_that_somebody_else_changed_is_shown_before_it_is_changed_again(beside):
    first = beside.send(to_on_0=TYPED_FIRST)
    second = beside.send(to_on_0=TYPED_SECOND)
    after_both = beside.held()
    shown = second.content.decode()
    third = beside.again(second)

    assert (first.status_code, second.status_code, third.status_code) == (302, 409, 302)
    assert after_both == [(str(beside.holding), FIRST)]
    assert "อีกคนเขียนไว้อย่างนี้" in shown
    assert TYPED_FIRST in shown
    assert f'value="{TYPED_SECOND}"' in shown
    assert beside.held() == [(str(beside.holding), SECOND)]


def test_a_holding_that_somebody_else_added_is_shown_and_stays(world, beside):
    post = PostFactory(unit=world.school, title="ครูพัสดุ")

    first = beside.send_more(post)
    second = beside.send(to_on_0=TYPED_SECOND)
    after_both = beside.held()
    shown = second.content.decode()
    third = beside.again(second)

    assert (first.status_code, second.status_code, third.status_code) == (302, 409, 302)
    assert after_both == [(str(beside.holding), None), (str(post), None)]
    assert f"{post} · ตั้งแต่" in shown
    assert beside.held() == [(str(beside.holding), SECOND), (str(post), None)]


def test_two_who_add_a_holding_each_have_added_two(world, beside):
    theirs, mine = (PostFactory(unit=world.school, title=title) for title in ("พัสดุ", "การเงิน"))

    beside.send_more(theirs)
    second = beside.send_more(mine)
    after_both = beside.held()
    beside.again(second)

    assert second.status_code == 409
    assert after_both == [(str(beside.holding), None), (str(theirs), None)]
    assert beside.held() == [*after_both, (str(mine), None)]


@pytest.mark.parametrize(
    ("typed", "held"), [({"to_on_0": TYPED_SECOND}, [SECOND]), ({"from_on_0": "same"}, [])]
)
def test_a_holding_that_was_given_to_another_comes_back_only_with_what_was_typed(
    world, beside, typed, held
):
    other = world.members["school-clerk"]
    same = beside.form["holdings-0-from_on"][0]
    Holding.objects.filter(pk=beside.holding.pk).update(member=other)

    second = beside.send(**{name: value.replace("same", same) for name, value in typed.items()})
    third = beside.again(second)

    assert (second.status_code, third.status_code) == (409, 302)
    assert "ไม่ใช่ของคนนี้แล้ว" in second.content.decode()
    assert [to_on for _, to_on in beside.held()] == held
    assert Holding.objects.get(pk=beside.holding.pk).member == other


def test_the_same_day_typed_by_two_is_no_quarrel(beside):
    beside.send(to_on_0=TYPED_FIRST)

    assert beside.send(to_on_0=TYPED_FIRST).status_code == 302


def test_a_page_that_came_back_for_a_slip_still_knows_which_holdings_it_showed(beside):
    slipped = beside.send(to_on_0="ไม่ใช่วัน")
    kept = form_on(slipped.content.decode(), beside.url, beside.url)
    beside.send(to_on_0=TYPED_FIRST)

    second = replace(beside, form=kept).send(to_on_0=TYPED_SECOND)

    assert (slipped.status_code, second.status_code) == (200, 409)
    assert beside.held() == [(str(beside.holding), FIRST)]


def test_control_without_the_fingerprint_the_first_day_is_lost(beside):
    blind = {name: value for name, value in beside.form.items() if name != "holdings-seen"}

    beside.send(to_on_0=TYPED_FIRST)
    second = replace(beside, form=blind).send(to_on_0=TYPED_SECOND)

    assert "holdings-seen" in beside.form
    assert second.status_code == 302
    assert beside.held() == [(str(beside.holding), SECOND)]
