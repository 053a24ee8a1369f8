"""Writing down a telephone call."""

from __future__ import annotations

from portal.core.formfields import KeyForm, LimitedText


class CallForm(KeyForm):
    """With whom, and what came of it; the time is the system's."""

    spoke_to = LimitedText("คุยกับ", 200, ask="บอกว่าคุยกับใคร")
    note = LimitedText("ผลการโทร", 500)
