"""The tables of knowledge."""

from knowledge.models.articles import (
    Article,
    ArticleState,
    Category,
    Kind,
    Revision,
    Tag,
    Visibility,
)
from knowledge.models.reading import Bookmark, Comment, Reading

__all__ = [
    "Article",
    "ArticleState",
    "Bookmark",
    "Category",
    "Comment",
    "Kind",
    "Reading",
    "Revision",
    "Tag",
    "Visibility",
]
