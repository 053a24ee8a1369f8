"""What letters, and matters inside the office, tell the portal's members."""

from documents.notifications import letters, matters, reminders

__all__ = ["letters", "matters", "reminders"]
