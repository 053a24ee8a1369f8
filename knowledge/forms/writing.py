"""A new article, what is typed about one, and what two people typed at once."""

from __future__ import annotations

from typing import Any

from django import forms

from knowledge.domain import LONGEST_TAG, MOST_TAGS, TypedTag, read_tags, wrong_with_tags
from knowledge.models import Article, Category, Kind, Revision, Visibility
from members.models import Unit
from portal.core.drafts import Difference
from portal.core.formfields import KeyField, LimitedText, offer, rows_field
from portal.core.thaitext import one_line, tidy
from portal.richtext.domain import clean_html
from portal.richtext.forms import rich_text_field

TITLE_LENGTH = 200
LINES = {"title": TITLE_LENGTH, "summary": 500, "core_line": 300, "cover_alt": 200}
CHOICES = {"kind": Kind, "visibility": Visibility}
SENT = (*LINES, "body", "category", *CHOICES)
OLD_PAGE = "หน้านี้เก่าเกินไป เปิดหน้าแก้ใหม่อีกครั้ง"


class NewArticleForm(forms.Form):
    """For which unit, what it is called, and of which kind."""

    key = KeyField(required=False)
    owner_unit = forms.ModelChoiceField(
        label="เล่าในนาม",
        queryset=Unit.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "เลือกหน่วยงาน", "invalid_choice": "เลือกหน่วยงาน"},
    )
    title = LimitedText(
        "ชื่อเรื่อง",
        TITLE_LENGTH,
        "ชื่อที่เพื่อนอ่านแล้วรู้ว่าได้อะไร เช่น อ่านคล่องใน 8 สัปดาห์ ด้วยนิทานที่ย่ายายเล่า",
        ask="ใส่ชื่อเรื่อง",
    )
    kind = forms.ChoiceField(
        label="ชนิด",
        choices=Kind.choices,
        widget=forms.RadioSelect,
        initial=Kind.STORY,
        error_messages={"required": "เลือกชนิด", "invalid_choice": "เลือกชนิด"},
    )

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner_unit", units)
        self.fields["owner_unit"].initial = units[0].pk

    def clean_title(self) -> str:
        title = one_line(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError("ใส่ชื่อเรื่อง")
        return title


class ArticleForm(forms.Form):
    """Everything that is typed about an article; a field that is not sent is no change."""

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages={"required": OLD_PAGE, "invalid": OLD_PAGE, "min_value": OLD_PAGE},
    )
    title = LimitedText("ชื่อเรื่อง", LINES["title"])
    summary = LimitedText("สรุปสั้น", LINES["summary"], "หนึ่งหรือสองประโยค ขึ้นใต้ชื่อเรื่องในรายการ", rows=2)
    core_line = LimitedText(
        "แก่นความรู้", LINES["core_line"], "ประโยคเดียวที่อยากให้เพื่อนจำได้ เว้นว่างไว้ก่อนก็ได้", rows=2
    )
    body = rich_text_field(label="เนื้อเรื่อง", required=False)
    kind = forms.ChoiceField(label="ชนิด", choices=Kind.choices, required=False)
    category = forms.ModelChoiceField(
        label="หมวด",
        queryset=Category.objects.none(),
        required=False,
        empty_label="ยังไม่เลือก",
        error_messages={"invalid_choice": "เลือกหมวดจากรายการ"},
    )
    tags = forms.CharField(
        label="คำสำคัญ",
        required=False,
        help_text=f"คั่นด้วยจุลภาค ไม่เกิน {MOST_TAGS} คำ เช่น อ่านคล่อง, นิทาน, ป.1",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    visibility = forms.ChoiceField(
        label="ใครอ่านได้", choices=Visibility.choices, widget=forms.RadioSelect, required=False
    )
    cover_alt = LimitedText(
        "ในภาพมีอะไร", LINES["cover_alt"], "สำหรับผู้ที่มองไม่เห็นภาพ เช่น ยายเล่านิทานให้เด็กฟังใต้ต้นจามจุรี"
    )

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.article = article
        rows_field(self, "category").queryset = Category.objects.filter(office=article.office_id)
        self.typed_tags: list[TypedTag] = []

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if "title" in self.data and not tidy(title).strip():
            raise forms.ValidationError("ใส่ชื่อเรื่อง")
        return title

    def clean_tags(self) -> str:
        text: str = self.cleaned_data["tags"]
        if len(text) > 2 * MOST_TAGS * LONGEST_TAG:
            raise forms.ValidationError(
                f"ใส่คำสำคัญได้ไม่เกิน {MOST_TAGS} คำ คำละไม่เกิน {LONGEST_TAG} ตัวอักษร"
            )
        self.typed_tags = read_tags(text)
        if problem := wrong_with_tags(self.typed_tags):
            raise forms.ValidationError(problem)
        return text

    # What the service takes -------------------------------------------------------------------

    def changes(self) -> dict[str, Any]:
        """Return the fields of the article that were sent."""
        found = {name: self.cleaned_data[name] for name in SENT if name in self.data}
        return {name: value for name, value in found.items() if value or name not in CHOICES}

    def tags_sent(self) -> list[TypedTag] | None:
        """Return the tags; None when the page did not send any field for them."""
        return self.typed_tags if "tags" in self.data else None


def as_typed(article: Article) -> dict[str, Any]:
    """Return the article as the controls of its page show it."""
    typed = {name: getattr(article, name) for name in (*LINES, "body", "version", *CHOICES)}
    typed["category"] = article.category_id
    typed["tags"] = ", ".join(tag.name for tag in article.tags.all())
    return typed


# Two people at one article ----------------------------------------------------------------------


def differences(form: ArticleForm, current: Article) -> list[Difference]:
    """Return what the writer's page says otherwise than the article as it stands now.

    Where the writer left the text as it was when the page was opened, the other's is offered.
    """
    base = Revision.objects.filter(
        article=current, version=form.cleaned_data.get("version") or 0
    ).first()
    mine = {name: form.cleaned_data[name] for name in SENT if name in form.data}
    found = []
    for name, value in mine.items():
        theirs = getattr(current, name)
        if _same(name, value, theirs) or (name in CHOICES and not value):
            continue
        is_untouched = (
            base is not None and hasattr(base, name) and _same(name, value, getattr(base, name))
        )
        label = str(form.fields[name].label)
        found.append(
            Difference(
                name,
                label,
                mine=_shown(name, value),
                theirs=_shown(name, theirs),
                is_mine=not is_untouched,
                is_rich=name == "body",
            )
        )
    return found + _tags_differ(form, current)


def _tags_differ(form: ArticleForm, current: Article) -> list[Difference]:
    mine, theirs = form.tags_sent(), list(current.tags.all())
    if mine is None or {tag.key for tag in mine} == {tag.key for tag in theirs}:
        return []
    words = [", ".join(tag.name for tag in tags) for tags in (mine, theirs)]
    return [Difference("tags", str(form.fields["tags"].label), words[0], words[1])]


def _same(name: str, mine: Any, theirs: Any) -> bool:
    if name == "body":
        return clean_html(mine or "") == clean_html(theirs or "")
    if name in LINES:
        return bool(one_line(mine or "") == theirs)
    return bool(mine == theirs)


def _shown(name: str, value: Any) -> str:
    if name in CHOICES:
        return str(dict(CHOICES[name].choices).get(value, value))
    return str(value or "")
