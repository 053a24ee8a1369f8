"""What letters, and matters inside the office, tell the portal's members."""

from documents.notifications import inquiries, letters, matters, recalls, reminders

__all__ = ["inquiries", "letters", "matters", "recalls", "reminders"]
