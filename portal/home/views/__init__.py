"""The first page, the manual, and the office's first day."""
