"""What changes people, units and posts; who acts in which capacity; who is addressed."""

from members.services.acting import (
    Actor,
    act_at,
    act_for_office,
    actor_of,
    holdings_of,
    office_of,
    record_new_password,
    record_sign_in,
)
from members.services.audiences import (
    Drift,
    audience_drift,
    change_audience,
    count_audience,
    describe_audience,
    freeze_audience,
    read_rule,
    remove_audience,
    resolve_audience,
    save_audience,
)
from members.services.finding import find_by_posts_of_today
from members.services.importing import ImportReport, SchoolRow, import_schools
from members.services.keeping import (
    end_holding,
    office_holidays,
    remove_holiday,
    save_holding,
    save_holiday,
    save_member,
    save_post,
    save_unit,
)

__all__ = [
    "Actor",
    "Drift",
    "ImportReport",
    "SchoolRow",
    "act_at",
    "act_for_office",
    "actor_of",
    "audience_drift",
    "change_audience",
    "count_audience",
    "describe_audience",
    "end_holding",
    "find_by_posts_of_today",
    "freeze_audience",
    "holdings_of",
    "import_schools",
    "office_holidays",
    "office_of",
    "read_rule",
    "record_new_password",
    "record_sign_in",
    "remove_audience",
    "remove_holiday",
    "resolve_audience",
    "save_audience",
    "save_holding",
    "save_holiday",
    "save_member",
    "save_post",
    "save_unit",
]
