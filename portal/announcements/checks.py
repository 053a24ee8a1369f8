"""What the database refuses: to delete what was announced, or to change who was told and knows."""

from __future__ import annotations

from portal.announcements.models import Acknowledgement, Announcement, Recipient
from portal.core.triggers import append_only, frozen_fields, never_deleted

never_deleted(Announcement)
frozen_fields(Announcement, ["unit", "author"])
append_only(Recipient)
append_only(Acknowledgement)
