"""What the database refuses: to change an answer or an invitation, to take a promise back."""

from __future__ import annotations

from portal.core.health import wish
from portal.core.triggers import append_only, frozen_fields
from research.models import Answer, Invitation, Survey
from research.services.keys import all_keys_are_there

append_only(Answer)
frozen_fields(Invitation, ["survey", "member", "population", "token_hash"])
frozen_fields(Survey, ["office", "public_id"], never_lower=["promise"], no_delete=False)
wish("survey-keys", all_keys_are_there)
