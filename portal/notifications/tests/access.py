"""Who gets what at the addresses of the bell."""

from __future__ import annotations

from typing import Any

from portal.notifications.models import Notification
from portal.notifications.tests.factories import tell
from tests.access_matrix import Access, everyone
from tests.world import World


def told_to_the_teacher(world: World) -> dict[str, Any]:
    tell(world.school)
    return {"pk": Notification.objects.get(recipient=world.members["teacher"]).pk}


ROWS = [
    Access("notifications:inbox", None, everyone(200, 405)),
    Access("notifications:bell", None, everyone(200, 405)),
    Access("notifications:read-all", None, everyone(405, 302)),
    Access(
        "notifications:open",
        told_to_the_teacher,
        everyone(404, 405) | {"teacher": (302, 405)},
        get_writes=frozenset(
            {
                "notifications.notification.read_at",
                "notifications.unreadcounter.n",
            }
        ),
    ),
]
