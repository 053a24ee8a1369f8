"""The rule in SQL and the rule as one reads it, side by side."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisCase

from members.domain import SCHOOL_SIZES, size_of
from members.services import resolve_audience
from members.tests.factories import (
    ClusterFactory,
    DistrictFactory,
    OfficeFactory,
    ProjectFactory,
    ProjectStayFactory,
    SchoolFactory,
)
from portal.core import clock


class TheRuleMeansWhatItSays(HypothesisCase):
    """resolve_audience against a plain reading of the rule, in any small area."""

    @settings(max_examples=40, deadline=None)
    @given(st.data())
    def test_sql_and_plain_reading_agree(self, data):
        office = OfficeFactory()
        districts = [DistrictFactory(office=office) for _ in range(2)]
        clusters = [ClusterFactory(office=office) for _ in range(2)]
        schools = [
            SchoolFactory(
                office=office if data.draw(st.integers(0, 5)) else OfficeFactory(),
                district=data.draw(st.sampled_from([None, *districts])),
                cluster=data.draw(st.sampled_from([None, *clusters])),
                pupils=data.draw(st.sampled_from([None, 0, 120, 121, 719, 720, 1_679, 1_680])),
                closed_on=data.draw(st.sampled_from([None, None, clock.today()])),
            )
            for _ in range(data.draw(st.integers(0, 6)))
        ]
        projects = [
            ProjectFactory(office=office),
            ProjectFactory(office=office, closed_on=clock.today()),
        ]
        stays = {
            (school, data.draw(st.sampled_from(projects)))
            for school in schools
            if school.office_id == office.pk and data.draw(st.booleans())
        }
        for school, project in stays:
            ProjectStayFactory(project=project, unit=school)
        some = [school.pk for school in schools]
        picks = st.lists(st.sampled_from(some), max_size=3) if some else st.just([])
        rule = {
            "all_schools": data.draw(st.booleans()),
            "districts": data.draw(st.lists(st.sampled_from([d.pk for d in districts]))),
            "clusters": data.draw(st.lists(st.sampled_from([c.pk for c in clusters]))),
            "sizes": data.draw(st.lists(st.sampled_from([s.key for s in SCHOOL_SIZES]))),
            "projects": data.draw(st.lists(st.sampled_from([p.pk for p in projects]))),
            "units": data.draw(picks),
            "except": data.draw(picks),
        }

        def is_meant(school):
            if school.office_id != office.pk or school.closed_on:
                return False
            if school.pk in rule["except"]:
                return False
            if rule["all_schools"] or school.pk in rule["units"]:
                return True
            places, sizes = rule["districts"] + rule["clusters"], rule["sizes"]
            if not (places or sizes or rule["projects"]):
                return False
            running = (school, projects[0]) in stays and projects[0].pk in rule["projects"]
            if rule["projects"] and not running:
                return False
            here = not places or school.district_id in places or school.cluster_id in places
            size = size_of(school.pupils)
            return here and (not sizes or (size is not None and size.key in sizes))

        found = resolve_audience(rule, office=office)

        assert found == [(school.pk, None) for school in schools if is_meant(school)]
