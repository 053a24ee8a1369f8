"""Addresses of research."""

from __future__ import annotations

from django.urls import path

from research.views import answering, building, keeping, lists, opening, results

app_name = "research"

urlpatterns = [
    path("", lists.index, name="index"),
    path("<int:pk>/", answering.survey, name="survey"),
    # Answering
    path("<int:pk>/answer/", answering.answer_mine, name="answer-mine"),
    path("a/<str:token>/", answering.answer, name="answer"),
    # Building
    path("new/", building.new, name="survey-new"),
    path("<int:pk>/edit/", building.edit, name="survey-edit"),
    path("<int:pk>/head/", building.head, name="survey-head"),
    path("<int:pk>/schools/", building.schools, name="survey-schools"),
    path("<int:pk>/discard/", building.discard, name="survey-discard"),
    path("<int:pk>/sections/", building.section_new, name="section-new"),
    path("sections/<int:pk>/", building.section_edit, name="section-edit"),
    path("sections/<int:pk>/move/", building.section_move, name="section-move"),
    path("sections/<int:pk>/remove/", building.section_remove, name="section-remove"),
    path("sections/<int:pk>/questions/", building.question_new, name="question-new"),
    path("questions/<int:pk>/", building.question_edit, name="question-edit"),
    path("questions/<int:pk>/move/", building.question_move, name="question-move"),
    path("questions/<int:pk>/remove/", building.question_remove, name="question-remove"),
    path("<int:pk>/preview/", opening.preview, name="survey-preview"),
    path("<int:pk>/open/", opening.open_page, name="survey-open"),
    # Keeping and results
    path("<int:pk>/close/", keeping.close, name="survey-close"),
    path("<int:pk>/extend/", keeping.extend, name="survey-extend"),
    path("<int:pk>/remind/", keeping.remind, name="survey-remind"),
    path("<int:pk>/publish/", keeping.publish, name="survey-publish"),
    path("<int:pk>/withdraw/", keeping.withdraw, name="survey-withdraw"),
    path("<int:pk>/results/", results.results, name="survey-results"),
    path("<int:pk>/results.xlsx", results.xlsx, name="survey-results-xlsx"),
]
