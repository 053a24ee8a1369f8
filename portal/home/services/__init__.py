"""The manual, what waits for a member, and the office's first day."""

from portal.home.services.manual import PARTS, help_address, manual_pages, page_for, read_page
from portal.home.services.my_work import my_work

__all__ = ["PARTS", "help_address", "manual_pages", "my_work", "page_for", "read_page"]
