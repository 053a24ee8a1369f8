"""Addresses of meetings."""

from __future__ import annotations

from django.urls import path

from meetings.views import (
    agenda,
    attending,
    listing,
    maps,
    meetings,
    notes,
    planning,
    resolutions,
    series,
    tasks,
)

app_name = "meetings"

# The one-page note and the mind map.
_notes = [
    path("<int:pk>/note/", notes.note, name="note"),
    path("<int:pk>/note/save/", notes.note_save, name="note-save"),
    path("<int:pk>/note/fill/", notes.note_fill, name="note-fill"),
    path("<int:pk>/note/pdf/", notes.note_pdf, name="note-pdf"),
    path("<int:pk>/note/share/", notes.note_share, name="note-share"),
    path("<int:pk>/note/unshare/", notes.note_unshare, name="note-unshare"),
    path("<int:pk>/notes/", notes.notes, name="notes"),
    path("<int:pk>/notes/<int:note_pk>/", notes.note_shared, name="note-shared"),
    path("<int:pk>/notes/<int:note_pk>/pdf/", notes.note_shared_pdf, name="note-shared-pdf"),
    path("<int:pk>/questions/", notes.questions, name="questions"),
    path("<int:pk>/map/", maps.mind_map, name="map"),
    path("<int:pk>/map/save/", maps.map_save, name="map-save"),
    path("<int:pk>/map/mine/", maps.mind_map, {"mine": True}, name="map-mine"),
    path("<int:pk>/map/mine/save/", maps.map_save, {"mine": True}, name="map-mine-save"),
]

_planning = [
    path("new/", planning.new, name="new"),
    path("<int:pk>/edit/", planning.edit, name="edit"),
    path("<int:pk>/people/", planning.people, name="people"),
    path("<int:pk>/invite/", planning.invite, name="invite"),
    path("<int:pk>/cancel/", planning.cancel, name="cancel"),
    path("<int:pk>/restore/", planning.restore, name="restore"),
    path("attendances/<int:pk>/withdraw/", planning.withdraw, name="withdraw"),
]

_attending = [
    path("attendances/<int:pk>/answer/", attending.answer, name="answer"),
    path("attendances/<int:pk>/check-in/", attending.arrive, name="check-in"),
    path("<int:pk>/attendance/", attending.marks, name="attendance"),
]

_agenda = [
    path("<int:pk>/agenda/new/", agenda.new, name="item-new"),
    path("agenda/<int:pk>/", agenda.item, name="item"),
    path("agenda/<int:pk>/move/", agenda.move, name="item-move"),
    path("agenda/<int:pk>/remove/", agenda.remove, name="item-remove"),
    path("agenda/<int:pk>/files/", agenda.upload, name="item-upload"),
    path("agenda/<int:pk>/files/remove/", agenda.file_remove, name="item-file-remove"),
]

_resolutions = [
    path("<int:pk>/resolutions/", resolutions.resolutions, name="resolutions"),
    path("agenda/<int:pk>/resolve/", resolutions.new, name="resolve"),
    path("resolutions/<int:pk>/", resolutions.resolution, name="resolution"),
    path("resolutions/<int:pk>/change/", resolutions.change, name="resolution-change"),
    path("resolutions/<int:pk>/correct/", resolutions.correct, name="resolution-correct"),
    path("resolutions/<int:pk>/tasks/", resolutions.task_new, name="task-new"),
    path("tasks/", tasks.index, name="tasks"),
    path("tasks/<int:pk>/", tasks.task, name="task"),
    path("tasks/<int:pk>/end/", tasks.end, name="task-end"),
    path("tasks/<int:pk>/reopen/", tasks.reopen, name="task-reopen"),
    path("tasks/<int:pk>/redirect/", tasks.redirect_, name="task-redirect"),
]

_series = [
    path("series/", series.index, name="series-list"),
    path("series/new/", series.new, name="series-new"),
    path("series/<int:pk>/", series.series, name="series"),
    path("series/<int:pk>/edit/", series.edit, name="series-edit"),
    path("series/<int:pk>/people/", series.people, name="series-people"),
    path("series/<int:pk>/pause/", series.step, {"name": "pause"}, name="series-pause"),
    path("series/<int:pk>/resume/", series.step, {"name": "resume"}, name="series-resume"),
    path("series/<int:pk>/end/", series.step, {"name": "end"}, name="series-end"),
]

urlpatterns = [
    path("", listing.index, name="index"),
    path("<int:pk>/", meetings.meeting, name="meeting"),
    path("<int:pk>/open/", meetings.open_, name="open"),
    path("<int:pk>/close/", meetings.close, name="close"),
    path("<int:pk>/minutes/", meetings.minutes, name="minutes"),
    *_planning,
    *_attending,
    *_agenda,
    *_resolutions,
    *_series,
    *_notes,
]
