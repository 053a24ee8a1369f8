"""The mind map: one tree, saved from the outline and from the drawing alike."""

from __future__ import annotations

from django.db import transaction

from meetings.domain.maps import BadTree, Tree, clean_tree, seedling, words_of
from meetings.models import Meeting, MindMap
from meetings.policies import can_take_notes
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError, require
from portal.core.locks import lock_on
from portal.search.services import refresh


class MapConflict(Conflict):
    """The map was saved elsewhere since this page was opened; `current` is how it stands now."""

    def __init__(self, current: MindMap) -> None:
        super().__init__("มีคนแก้แผนที่นี้พร้อมกัน เลือกว่าจะเก็บฉบับใด")
        self.current = current


def map_of(meeting: Meeting, by: Actor, *, mine: bool = False) -> MindMap:
    """Return the meeting's map or the actor's own; before the first save, one with its middle."""
    drawer = by.member if mine else None
    found = MindMap.objects.filter(meeting=meeting, drawer=drawer).first()
    found = found or MindMap(
        drawer=drawer, tree=seedling(meeting.title), saved_at=db_now(), saved_by=by.member
    )
    found.meeting = meeting
    return found


@transaction.atomic
def save_map(
    meeting: Meeting, *, tree: Tree, version: int, mine: bool = False, by: Actor
) -> MindMap:
    """The map holds `tree`, cleaned; its version is one higher.

    When it was saved elsewhere since `version`, MapConflict is raised and nothing is changed. The
    history names each person who takes the meeting's map over, not every stroke; one's own map is
    not audited.
    """
    require(can_take_notes(by, meeting))
    try:
        cleaned = clean_tree(tree)
    except BadTree as error:
        raise DomainError(str(error)) from error
    lock_on(f"map:{meeting.pk}:{by.member.pk if mine else ''}")
    found = map_of(meeting, by, mine=mine)
    if found.version != version:
        if found.tree == cleaned:
            return found
        raise MapConflict(found)
    is_new_hand = not found.pk or found.saved_by_id != by.member.pk
    found.tree, found.saved_by = cleaned, by.member
    found.version += 1
    found.saved_at = db_now()
    if found.pk:
        found.save(update_fields=["tree", "version", "saved_at", "saved_by"])
    else:
        found.save(force_insert=True)
    if not mine:
        if is_new_hand:
            record("map.changed", found, by=by, meeting=meeting.pk)
        refresh(meeting, by=by)
    return found


def map_words(meeting: Meeting) -> str:
    """What the search reads of the meeting's own map."""
    return "\n".join(words_of(found.tree) for found in meeting.maps.all() if not found.drawer_id)
