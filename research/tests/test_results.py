"""What the results say: the figures, what stays hidden, and what cannot be computed back."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from random import Random

import pytest

from portal.core.thaitext import normalise
from research.domain.figures import DASH
from research.domain.suppression import K
from research.models import Intake, NamedAnswer, Promise
from research.services.results import is_counted, read_answers, results_of
from research.tests.factories import OpenSurveyFactory, QuestionFactory, open_with
from research.tests.findings import (
    HEADS,
    STAFF,
    TEACHERS,
    answer,
    found_survey,
    invite,
    read,
    scale_section,
    ticked,
    view_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.engine]


def item_of(results, question):
    return next(
        item for part in results.parts for item in part.items if item.question.pk == question.pk
    )


# Figures ----------------------------------------------------------------------------------------


def test_a_scale_has_its_figures_level_and_rank():
    """5 4 4 3 1 by hand: mean 3.40, S.D. 1.52; by the cut at .50 that is ปานกลาง."""
    survey, asked = found_survey()
    ticked(survey, asked["likert"], teachers=[5, 4, 4, 3, 1, 0, None])

    item = item_of(view_of(survey), asked["likert"])

    assert (item.n, item.rows) == (5, 7)
    assert (item.scale.mean.text, item.scale.sd.text) == ("3.40", "1.52")
    assert (item.level, item.rank) == ("ปานกลาง", 1)
    assert item.lines[0].label == "มากที่สุด"
    assert [line.frequency.count for line in item.lines] == [1, 2, 1, 0, 1]
    assert item.lines[1].frequency.percent.text == "40.0"
    assert item.lines[1].frequency.percent_of_all.text == "28.6"
    assert [(line.label, line.frequency.count) for line in item.missing] == [
        ("ไม่มีความเห็น", 1),
        ("ไม่ตอบ", 1),
    ]


def test_the_survey_says_which_table_its_levels_are_from():
    """A mean of 3.41 is ปานกลาง by one table and มาก by the other."""
    levels = []
    for table in ("0.50", "0.80"):
        survey, asked = found_survey(band_table=table)
        ticked(survey, asked["likert"], teachers=[4] * 41 + [3] * 59)
        results = view_of(survey)
        assert results.dimensions[0].table.key == table
        levels.append(item_of(results, asked["likert"]).level)

    assert levels == ["ปานกลาง", "มาก"]


def test_a_dimension_counts_people_and_recodes_what_is_reverse():
    """Two items, the second reversed. People: (5, 1→5), (3, 4→2), (4, –) ×3: scores 5, 2.5, 4."""
    survey, _ = found_survey()
    section = scale_section(survey)
    plain = QuestionFactory(section=section, text="บวก")
    reverse = QuestionFactory(section=section, text="ลบ", options=plain.options | {"reverse": True})
    answer(survey, TEACHERS, [{plain.key: 5, reverse.key: 1}, {plain.key: 3, reverse.key: 4}])
    answer(survey, TEACHERS, [{plain.key: 4}] * 3)

    results = view_of(survey)
    dimension = results.dimensions[-1]

    assert dimension.total is None, "the second item has two answers: hidden, and so is the sum"
    answer(survey, TEACHERS, [{plain.key: 2, reverse.key: 2}] * 3)
    dimension = view_of(survey).dimensions[-1]
    assert item_of(view_of(survey), reverse).scale.exact_mean == Fraction(5 + 2 + 4 * 3, 5)
    assert dimension.total.n == 8
    assert dimension.total.exact_mean == (5 + Fraction(5, 2) + 12 + 9) / 8
    assert dimension.total.mean.text == "3.56"
    assert dimension.has_reverse


def test_choices_are_counted_of_those_who_chose():
    survey, asked = found_survey()
    answer(survey, TEACHERS, [{asked["multiple"].key: [0, 2]}] * 3)
    answer(survey, TEACHERS, [{asked["multiple"].key: [2], asked["single"].key: 1}] * 5)
    answer(survey, TEACHERS, [{}] * 2)

    results = view_of(survey)
    channels, sex = item_of(results, asked["multiple"]), item_of(results, asked["single"])

    assert [line.frequency.count for line in channels.lines] == [3, 0, 8]
    assert [line.frequency.percent.text for line in channels.lines] == ["37.5", "0.0", "100.0"]
    assert channels.lines[2].frequency.percent_of_all.text == "80.0"
    assert [line.frequency.count for line in sex.lines] == [0, 5, 0]
    assert channels.missing[0].frequency.count == 2


def test_texts_come_in_an_order_of_their_own():
    survey, asked = found_survey()
    words = [f"ข้อความที่ {number}" for number in range(20)]
    answer(survey, TEACHERS, [{asked["text"].key: text} for text in [*words, words[3]]])

    item = item_of(view_of(survey), asked["text"])
    texts = [text for text, _ in item.texts]

    assert item.n == 21
    assert dict(item.texts)[words[3]] == 2
    assert sorted(texts) == sorted(words)
    assert texts != words
    assert item.texts == item_of(view_of(survey), asked["text"]).texts


def test_the_lowest_item_is_the_finding():
    survey, asked = found_survey()
    section = scale_section(survey)
    low = QuestionFactory(section=section, text="ได้รับคำแนะนำหลังการนิเทศ")
    answer(survey, TEACHERS, [{asked["likert"].key: 5, low.key: 2}] * 3)
    answer(survey, TEACHERS, [{asked["likert"].key: 4, low.key: 3}] * 4)

    finding = view_of(survey).finding

    assert finding.item.question == low
    assert finding.low_percent.text == "43"
    assert finding.low_labels == ("น้อย", "น้อยที่สุด")


def test_the_chart_begins_with_the_lowest_and_the_table_keeps_the_order():
    survey, _ = found_survey()
    section = scale_section(survey)
    questions = [QuestionFactory(section=section) for _ in range(3)]
    values = dict(zip(questions, (4, 2, 5), strict=True))
    answer(survey, TEACHERS, [{question.key: value for question, value in values.items()}] * 5)

    dimension = view_of(survey).dimensions[-1]

    assert [item.question for item in dimension.items] == questions
    assert [item.rank for item in dimension.items] == [2, 3, 1]
    assert [item.question for item, _ in dimension.bars] == [
        questions[1],
        questions[0],
        questions[2],
    ]


def test_who_answered_of_how_many():
    survey, asked = found_survey()
    invite(survey, survey.owner_unit, 8)
    invite(survey, survey.owner_unit, 4, STAFF)
    ticked(survey, asked["likert"], teachers=[4] * 6)

    results = view_of(survey)

    assert (results.answered, results.invited, results.rate.text) == (6, 12, "50.0")
    teachers, staff = results.groups
    assert (teachers.answered, teachers.rate.text) == (6, "75.0")
    assert staff.rate.text == DASH, "no rate of four people"


# Five and more ----------------------------------------------------------------------------------


def test_nothing_is_shown_below_five():
    survey, asked = found_survey()
    ticked(survey, asked["likert"], teachers=[5, 5, 5, 5])

    results = view_of(survey)

    assert not results.is_enough
    assert (results.parts, results.finding, results.dimensions) == ((), None, [])


def test_the_fifth_answer_shows_it():
    survey, asked = found_survey()
    ticked(survey, asked["likert"], teachers=[5] * 5)

    assert view_of(survey).is_enough


def test_a_question_that_four_answered_is_hidden():
    survey, asked = found_survey()
    ticked(survey, asked["likert"], teachers=[5] * 4 + [None] * 6)
    answer(survey, TEACHERS, [{asked["text"].key: "ข้อความ"}] * 4)

    results = view_of(survey)

    for name in ("likert", "text"):
        item = item_of(results, asked[name])
        assert item.is_hidden
        assert (item.n, item.lines, item.texts, item.scale) == (0, (), (), None)


def test_a_small_group_is_hidden_and_takes_another_along():
    survey, asked = found_survey()
    ticked(survey, asked["likert"], teachers=[4] * 20, staff=[3] * 8, administrators=[1] * 2)

    results = view_of(survey)

    assert [group.key for group in results.shown_groups] == [TEACHERS]
    hidden = {group.key for group in results.groups if group.is_hidden}
    assert hidden == {STAFF, HEADS}
    assert view_of(survey, HEADS).view == "", "its own view is that of all"
    assert view_of(survey, TEACHERS).answered == 20


def test_a_question_few_of_a_group_answered_is_hidden_in_a_second_group_too():
    survey, asked = found_survey()
    ticked(survey, asked["likert"], teachers=[4] * 20, staff=[3] * 9, administrators=[None] * 8)
    ticked(survey, asked["likert"], administrators=[1, 1])

    hidden = {
        view: item_of(view_of(survey, view), asked["likert"]).is_hidden
        for view in ("", TEACHERS, STAFF, HEADS)
    }

    assert hidden == {"": False, TEACHERS: False, STAFF: True, HEADS: True}


# The attack: one view taken from another --------------------------------------------------------


def counts_by_view(survey, question, *, rule):
    """What a reader sees of a question in every view that may be opened: view → counts."""
    reading = read(survey)
    views = {"": "", **{view: view for view in reading.answers.populations}}
    if rule == "only the small":
        raw = reading.survey.answers.values_list("population", "data")
        groups = {}
        for population, data in raw:
            groups.setdefault(population, []).append(data.get(question.key))
        seen = {name: rows for name, rows in groups.items() if sum(map(bool, rows)) >= K}
        seen[""] = [value for rows in groups.values() for value in rows]
        return {name: [rows.count(point) for point in range(1, 6)] for name, rows in seen.items()}
    found = {}
    for view in views:
        item = item_of(view_of(survey, view), question)
        if not item.is_hidden:
            found[view] = [line.frequency.count for line in reversed(item.lines)]
    return found


def differences(seen):
    """Everything that can be had by taking visible groups from the view of all."""
    if "" not in seen:
        return []
    groups = [name for name in seen if name]
    left = []
    for size in range(1, len(groups) + 1):
        for chosen in combinations(groups, size):
            rest = [
                total - sum(seen[name][point] for name in chosen)
                for point, total in enumerate(seen[""])
            ]
            left.append(sum(rest))
    return left


def random_survey(rng):
    survey, asked = found_survey()
    for population in (TEACHERS, STAFF, HEADS, ""):
        values = [rng.choice([1, 2, 3, 4, 5, None]) for _ in range(rng.choice([0, 2, 4, 6, 15]))]
        ticked(survey, asked["likert"], **{population: values})
    return survey, asked["likert"]


def broken(rule, rounds=25):
    """In how many of so many random surveys somebody is found among fewer than five."""
    rng = Random(2569)
    found = 0
    for _ in range(rounds):
        survey, question = random_survey(rng)
        seen = counts_by_view(survey, question, rule=rule)
        sizes = [sum(counts) for counts in seen.values()] + differences(seen)
        found += any(0 < size < K for size in sizes)
    return found


def test_no_view_and_no_difference_of_views_shows_fewer_than_five():
    assert broken("ours") == 0


def test_the_attack_succeeds_where_only_small_groups_are_hidden():
    """The negative control: the same attack against the plain rule finds people."""
    assert broken("only the small") > 5


def scored_by_view(survey):
    """What a reader sees of the dimension in every view: how many people have a score."""
    views = ["", *read(survey).answers.populations]
    found = {view: view_of(survey, view).dimensions[-1].total for view in views}
    return {view: [total.n, 0, 0, 0, 0] for view, total in found.items() if total}


def test_no_difference_of_dimensions_shows_fewer_than_five():
    """Where two items are left out by different people, the scores of the people are as safe."""
    rng = Random(2570)
    shown = 0
    for _ in range(15):
        survey, _ = found_survey()
        section = scale_section(survey)
        items = [QuestionFactory(section=section) for _ in range(3)]
        for population in (TEACHERS, STAFF, HEADS):
            sheets = [
                {item.key: rng.randint(1, 5) for item in items if rng.random() < 0.6}
                for _ in range(rng.choice([0, 3, 6, 9, 20]))
            ]
            answer(survey, population, sheets)
        seen = scored_by_view(survey) if read(survey).answers.is_shown else {}
        shown += bool(seen)
        sizes = [sum(counts) for counts in seen.values()] + differences(seen)
        assert not any(0 < size < K for size in sizes)
    assert shown > 5


def test_a_survey_by_name_is_counted_in_the_same_way():
    survey, asked = found_survey(is_anonymous=False, promise=Promise.NONE, public_key="")
    invite(survey, survey.owner_unit, 6)
    for point, invitation in enumerate(survey.invitations.all()):
        NamedAnswer.objects.create(
            invitation=invitation,
            data={asked["likert"].key: point % 5 + 1},
            answered_at=survey.created_at,
        )

    item = item_of(view_of(survey), asked["likert"])

    assert (item.n, item.scale.mean.text) == (6, "2.67")


# When ------------------------------------------------------------------------------------------


def test_figures_are_shown_when_they_can_change_no_more():
    survey, _ = open_with(teachers=6)
    assert not is_counted(survey)

    survey.state = "closed"
    survey.save(update_fields=["state"])
    assert is_counted(survey)

    Intake.objects.create(token_hash=survey.invitations.first().token_hash, sealed=b"sealed")
    assert not is_counted(survey), "one envelope is still to be opened"


def test_an_open_survey_is_not_counted_however_many_answered():
    survey = OpenSurveyFactory(title_search=normalise("ก"))
    answer(survey, TEACHERS, [{}] * 50)

    assert not is_counted(survey)


def test_reading_asks_as_often_for_two_questions_as_for_twenty(django_assert_num_queries):
    survey, _ = found_survey()
    section = scale_section(survey)
    for _ in range(18):
        QuestionFactory(section=section)
    answer(survey, TEACHERS, [{}] * 30)

    with django_assert_num_queries(4):
        results = results_of(read_answers(survey))
    assert results.is_enough
