"""What happens to notifications: told, read, sent."""

from portal.notifications.services.delivering import deliver
from portal.notifications.services.fanning import fan_out
from portal.notifications.services.reading import (
    read_all_notifications,
    read_notification,
    read_notifications_about,
    unread_count,
)
from portal.notifications.services.withdrawing import withdraw_notices

__all__ = [
    "deliver",
    "fan_out",
    "read_all_notifications",
    "read_notification",
    "read_notifications_about",
    "unread_count",
    "withdraw_notices",
]
