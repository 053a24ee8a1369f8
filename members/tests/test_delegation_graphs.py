"""5,000 random graphs of stand-ins, however they were written: no right the giver has not."""

import random
from datetime import timedelta

import pytest

from members.models import ActingPhrase, Holding, Member, Post, Role
from members.querysets import _lasts
from members.tests.factories import OfficeFactory
from portal.core.clock import db_now, today

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

GRAPHS, PEOPLE, GIFTS = 5_000, 3, 4
SEED = 2569


def some_time(chance, *, whole=False):
    """Return a beginning and an end around today; the end may be open."""
    first = today() + timedelta(days=chance.randint(-3, 2))
    if not whole and chance.random() < 0.5:
        return first, None
    return first, first + timedelta(days=chance.randint(0, 4))


def make_graphs():
    """Write people with a post of their own each, and gifts of anything by anybody to anybody."""
    chance = random.Random(SEED)
    office = OfficeFactory()
    people = Member.objects.bulk_create(
        Member(username=f"g{n}", first_name=f"{n}", is_active=chance.random() < 0.9)
        for n in range(GRAPHS * PEOPLE)
    )
    posts = Post.objects.bulk_create(
        Post(unit=office, title=f"{n}", role=Role.OFFICER) for n in range(GRAPHS * PEOPLE)
    )
    own = []
    for person, post in zip(people, posts, strict=True):
        first, last = some_time(chance)
        ended = db_now() if chance.random() < 0.1 else None
        own.append(Holding(member=person, post=post, from_on=first, to_on=last, ended_at=ended))
    held = Holding.objects.bulk_create(own)
    chains = held
    for _ in range(GIFTS // 2):  # the second round also hands on what the first one gave
        chains = _give_round(chance, held, people, chains)


def _give_round(chance, own, people, givable):
    gifts = []
    for graph in range(GRAPHS):
        place = slice(graph * len(givable) // GRAPHS, (graph + 1) * len(givable) // GRAPHS)
        for _ in range(2):
            given = chance.choice(givable[place])
            first, last = some_time(chance, whole=True)
            gifts.append(
                Holding(
                    member=chance.choice(people[graph * PEOPLE : (graph + 1) * PEOPLE]),
                    post=given.post,
                    acting_for=given,
                    phrase=ActingPhrase.ON_BEHALF,
                    from_on=first,
                    to_on=last,
                    ended_at=db_now() if chance.random() < 0.1 else None,
                )
            )
    return Holding.objects.bulk_create(gifts)


def beyond_the_giver(found):
    """Return the stand-ins found that give what their giver does not hold today by right."""
    day = today()

    def holds_it(one):
        return (
            one.acting_for_id is None
            and one.member.is_active
            and one.ended_at is None
            and one.from_on <= day
            and (one.to_on is None or one.to_on >= day)
        )

    stand_ins = found.filter(acting_for__isnull=False)
    rows = stand_ins.select_related("acting_for__member", "acting_for__acting_for")
    return [one for one in rows if not holds_it(one.acting_for)]


def test_nobody_finds_a_right_the_giver_has_not():
    make_graphs()

    current = Holding.objects.current()

    assert current.filter(acting_for__isnull=False).count() > GRAPHS / 10
    assert beyond_the_giver(current) == []
    # The control: without a look at what a stand-in rests on, thousands would be wrong.
    assert len(beyond_the_giver(Holding.objects.filter(_lasts("", today())))) > GRAPHS / 10
