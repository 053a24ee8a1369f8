"""Addresses of knowledge."""

from __future__ import annotations

from django.urls import path

from knowledge.views import articles, publishing, shelves, talking, versions, writing

app_name = "knowledge"

urlpatterns = [
    # Browse
    path("", shelves.index, name="index"),
    path("all/", shelves.browse, name="list"),
    path("mine/", shelves.mine, name="mine"),
    # Read
    path("<int:pk>/", articles.article, name="article"),
    path("<int:pk>/bookmark/", articles.bookmark, name="article-bookmark"),
    # Write
    path("new/", writing.new, name="article-new"),
    path("<int:pk>/edit/", writing.edit, name="article-edit"),
    path("<int:pk>/files/<uuid:public_id>/remove/", writing.remove, name="article-file-remove"),
    path("<int:pk>/publish/", publishing.publish, name="article-publish"),
    path("<int:pk>/withdraw/", publishing.withdraw, name="article-withdraw"),
    path("<int:pk>/discard/", publishing.discard, name="article-discard"),
    path("<int:pk>/recover/", publishing.recover, name="article-recover"),
    # What it said before
    path("<int:pk>/versions/", versions.versions, name="versions"),
    path("<int:pk>/versions/<int:number>/", versions.version, name="version"),
    path("<int:pk>/versions/<int:number>/restore/", versions.restore, name="version-restore"),
    # Talk
    path("<int:pk>/comments/", talking.write, name="comment-write"),
    path("comments/<int:pk>/change/", talking.change, name="comment-change"),
    path("comments/<int:pk>/take-back/", talking.take_back, name="comment-take-back"),
    path("comments/<int:pk>/remove/", talking.remove, name="comment-remove"),
]
