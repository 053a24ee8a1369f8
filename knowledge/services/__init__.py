"""The verbs of knowledge: tell, publish, take back, talk about, keep."""

from knowledge.services.reading import latest_for

__all__ = ["latest_for"]
