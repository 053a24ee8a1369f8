"""What the database refuses: versions and readings never change, nothing said is deleted."""

from __future__ import annotations

from knowledge.models import Article, Comment, Reading, Revision
from portal.core.triggers import append_only, frozen_fields

append_only(Revision)
append_only(Reading)
frozen_fields(Article, ["office"], never_lower=["version"])
frozen_fields(Comment, ["article", "author", "written_at"])
