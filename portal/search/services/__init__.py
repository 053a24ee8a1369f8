"""Keep the index true to the rooms; find what a member may open."""

from portal.search.services.finding import Found, Hit, find_things
from portal.search.services.indexing import (
    forget_gone,
    index_things,
    refresh,
    reindex,
)

__all__ = ["Found", "Hit", "find_things", "forget_gone", "index_things", "refresh", "reindex"]
