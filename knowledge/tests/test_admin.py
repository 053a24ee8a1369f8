"""The shelves in the back office: an administrator keeps them, every change in the history."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from knowledge.models import Category
from knowledge.services.sorting import save_category
from knowledge.tests.factories import CategoryFactory, teacher_of
from members.models import Role
from members.tests.factories import ActorFactory, OfficeFactory
from portal.audit.tests.history import history_of
from portal.core.errors import DomainError

pytestmark = pytest.mark.django_db

ADD = reverse("admin:knowledge_category_add")
LIST = reverse("admin:knowledge_category_changelist")


@pytest.fixture
def administrator(client):
    actor = ActorFactory(role=Role.ADMINISTRATOR, holding__member__is_staff=True)
    client.force_login(actor.member)
    return actor


def change(category):
    return reverse("admin:knowledge_category_change", args=[category.pk])


def test_a_shelf_is_added_and_renamed_with_a_line_each(client, administrator):
    office = administrator.holding.post.unit

    client.post(ADD, {"office": office.pk, "name": "การเงิน", "sort_order": "1"})
    shelf = Category.objects.get()
    client.post(change(shelf), {"name": "การเงิน พัสดุ", "sort_order": "1"})

    shelf.refresh_from_db()
    assert (shelf.office, shelf.name) == (office, "การเงิน พัสดุ")
    assert history_of(shelf) == ["category.added", "category.changed"]


def test_another_offices_shelves_are_out_of_reach(client, administrator):
    foreign = CategoryFactory(office=OfficeFactory(), name="ของเขา")

    assert foreign.name not in client.get(LIST).content.decode()
    client.post(change(foreign), {"name": "ยึด", "sort_order": "1"})
    client.post(ADD, {"office": foreign.office_id, "name": "ยึด", "sort_order": "1"})

    assert list(Category.objects.values_list("name", flat=True)) == ["ของเขา"]


def test_two_shelves_of_one_name_are_refused(administrator):
    office = administrator.holding.post.unit
    CategoryFactory(office=office, name="การเงิน")

    with pytest.raises(DomainError, match="มีหมวดชื่อนี้แล้ว"):
        save_category(Category(office=office, name="การเงิน"), by=administrator)


def test_nobody_else_keeps_shelves():
    teacher = teacher_of()

    with pytest.raises(PermissionDenied):
        save_category(Category(office=teacher.holding.post.unit.office, name="ของครู"), by=teacher)
