"""Publish a consequence inside the deed; claim, do, mark and sweep it in a worker."""

from portal.outbox.services.publishing import publish
from portal.outbox.services.sweeping import arm_daily_jobs, sweep, sweep_until, worker_name
from portal.outbox.services.upkeep import keep_house, requeue
from portal.outbox.services.working import LeaseLost, checkpoint, claim, drain

__all__ = [
    "LeaseLost",
    "arm_daily_jobs",
    "checkpoint",
    "claim",
    "drain",
    "keep_house",
    "publish",
    "requeue",
    "sweep",
    "sweep_until",
    "worker_name",
]
