"""Articles, their versions, and what they are sorted by."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.urls import reverse

from knowledge.querysets import ArticleQuerySet, CategoryQuerySet, RevisionQuerySet, TagQuerySet
from members.models import Member, Unit
from portal.core.clock import bangkok
from portal.core.models import Stateful

MEMBER = settings.AUTH_USER_MODEL


class Kind(models.TextChoices):
    STORY = "story", "เรื่องเล่า"
    PRACTICE = "practice", "แนวปฏิบัติ"
    LESSON = "lesson", "ถอดบทเรียน"
    FORM = "form", "แบบฟอร์ม"
    RESEARCH = "research", "วิจัยโรงเรียน"
    NOTE = "note", "เกร็ดความรู้"


class Visibility(models.TextChoices):
    PUBLIC = "public", "ทุกคน รวมผู้ที่ไม่ได้เข้าสู่ระบบ"
    MEMBERS = "members", "บุคลากรของสำนักงานและโรงเรียนในสังกัด"
    GROUP = "group", "เฉพาะหน่วยงานของฉัน"


class ArticleState(models.TextChoices):
    DRAFT = "draft", "ร่าง"
    PUBLISHED = "published", "เผยแพร่แล้ว"
    WITHDRAWN = "withdrawn", "ถอนแล้ว"
    DISCARDED = "discarded", "ทิ้งร่างแล้ว"


class Category(models.Model):
    """A shelf (หมวด) of an office's knowledge."""

    office = models.ForeignKey(
        Unit, verbose_name="สำนักงาน", on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField("ชื่อหมวด", max_length=100)
    sort_order = models.PositiveSmallIntegerField("ลำดับ", default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = "หมวดความรู้"
        verbose_name_plural = "หมวดความรู้"
        ordering = ["sort_order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "name"],
                name="category_name_unique",
                violation_error_message="สำนักงานนี้มีหมวดชื่อนี้แล้ว",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word (คำสำคัญ) under which articles are found; made by typing it."""

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class Article(Stateful):
    """A piece of knowledge that somebody tells the others, from the draft to being taken back."""

    TRANSITIONS = {
        ArticleState.DRAFT: {ArticleState.PUBLISHED, ArticleState.DISCARDED},
        ArticleState.DISCARDED: {ArticleState.DRAFT},
        ArticleState.PUBLISHED: {ArticleState.WITHDRAWN},
        ArticleState.WITHDRAWN: {ArticleState.PUBLISHED},
    }

    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner_unit = models.ForeignKey(
        Unit, verbose_name="หน่วยงาน", on_delete=models.PROTECT, related_name="articles"
    )
    author = models.ForeignKey(
        MEMBER, verbose_name="ผู้เขียน", on_delete=models.PROTECT, related_name="articles"
    )
    kind = models.CharField("ชนิด", max_length=10, choices=Kind, default=Kind.STORY)
    category = models.ForeignKey(
        Category,
        verbose_name="หมวด",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles",
    )
    visibility = models.CharField(
        "ใครอ่านได้", max_length=10, choices=Visibility, default=Visibility.MEMBERS
    )
    title = models.CharField("ชื่อเรื่อง", max_length=200)
    summary = models.CharField("สรุปสั้น", max_length=500, blank=True)
    core_line = models.CharField("แก่นความรู้", max_length=300, blank=True)
    body = models.TextField("เนื้อเรื่อง", blank=True)
    cover_alt = models.CharField("ในภาพมีอะไร", max_length=200, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="articles")
    text_search = models.TextField(blank=True)

    state = models.CharField(
        "สถานะ", max_length=10, choices=ArticleState, default=ArticleState.DRAFT
    )
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    published_at = models.DateTimeField("เผยแพร่เมื่อ", null=True, blank=True)
    withdrawn_at = models.DateTimeField("ถอนเมื่อ", null=True, blank=True)
    withdrawal_reason = models.CharField("เหตุผลที่ถอน", max_length=300, blank=True)

    objects = ArticleQuerySet.as_manager()

    # What `with_reader()` adds of the member who looks; nothing else may ask for it.
    is_read: bool
    is_kept: bool

    class Meta:
        verbose_name = "เรื่องในคลังความรู้"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ArticleState.values), name="article_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values),
                name="article_visibility_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values), name="article_kind_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["published", "withdrawn"])
                | models.Q(published_at__isnull=False),
                name="article_published_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-published_at", "-id"], name="article_newest"),
            models.Index(fields=["office", "state", "-published_at", "-id"], name="article_office"),
            models.Index(fields=["owner_unit", "-saved_at", "-id"], name="article_owner"),
            models.Index(fields=["author", "-saved_at", "-id"], name="article_author"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("knowledge:article", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == ArticleState.DRAFT

    @property
    def is_published(self) -> bool:
        return self.state == ArticleState.PUBLISHED

    @property
    def is_withdrawn(self) -> bool:
        return self.state == ArticleState.WITHDRAWN

    @property
    def is_discarded(self) -> bool:
        return self.state == ArticleState.DISCARDED

    @property
    def was_published(self) -> bool:
        """Answer whether readers have seen it: from then on every change is history."""
        return self.published_at is not None

    @property
    def published_on(self) -> date | None:
        """The day it was published, in Bangkok."""
        return bangkok(self.published_at).date() if self.published_at else None

    def last_saved_by(self) -> Member:
        """Return who saved it as it stands now."""
        return self.revisions.select_related("saved_by").get(version=self.version).saved_by

    @property
    def readers_words(self) -> str:
        """Say who may read it once it is published, in few words."""
        return {
            Visibility.PUBLIC: "ทุกคนอ่านได้",
            Visibility.MEMBERS: "บุคลากรในสังกัดอ่านได้",
            Visibility.GROUP: f"เฉพาะ{self.owner_unit.name}",
        }[Visibility(self.visibility)]

    @property
    def readers_icon(self) -> str:
        return {
            Visibility.PUBLIC: "eye",
            Visibility.MEMBERS: "users",
            Visibility.GROUP: "lock",
        }[Visibility(self.visibility)]


class Revision(models.Model):
    """What an article said in one of its versions; never changed."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=500, blank=True)
    core_line = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    restores = models.PositiveIntegerField(null=True)
    saved_by = models.ForeignKey(MEMBER, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["article", "version"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.article_id} ฉบับที่ {self.version}"
