"""Template tags of the house: icons, states, form controls, and Thai texts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, cast

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template import Context, engines
from django.template.backends.jinja2 import Jinja2
from django.template.base import Node, NodeList, Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.template.loader_tags import ExtendsNode, do_extends
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from jinja2 import Template

from portal.core import thaidates
from portal.core.remembering import draw
from portal.core.tracing import request_id as current_request_id

register = template.Library()

NBSP = "\u00a0"

# kind → (icon, tone, word). Tones are classes of portal.css; a word may be replaced in place.
STATES = {
    "draft": ("pen-line", "quiet", "ร่าง"),
    "unopened": ("mail", "strong", "ยังไม่เปิด"),
    "opened": ("mail-open", "quiet", "เปิดแล้ว ยังไม่ลงรับ"),
    "waiting": ("mail", "strong", "ยังไม่ลงรับ"),
    "received": ("stamp", "act", "ลงรับแล้ว"),
    "sending": ("send", "act", "กำลังส่ง"),
    "sent": ("send", "act", "ส่งแล้ว"),
    "none": ("stamp", "act", "ลงรับแล้ว ยังไม่ตอบ"),
    "answered": ("circle-check", "done", "ตอบแล้ว"),
    "accepted": ("circle-check", "done", "ตรวจรับแล้ว"),
    "acknowledged": ("circle-check", "done", "รับทราบแล้ว"),
    "done": ("circle-check", "done", "เสร็จแล้ว"),
    "returned": ("undo-2", "soon", "ส่งกลับให้แก้"),
    "soon": ("clock", "soon", "ใกล้ครบกำหนด"),
    "due": ("clock", "plain", "มีกำหนด"),
    "extended": ("calendar-clock", "plain", "ขยายเวลาแล้ว"),
    "overdue": ("clock-alert", "late", "เกินกำหนด"),
    "late": ("clock-alert", "late", "ตอบหลังกำหนด"),
    "refused": ("reply", "late", "ส่งคืน"),
    "recalled": ("undo-2", "quiet", "ถูกดึงกลับ"),
    "superseded": ("refresh-cw", "quiet", "มีฉบับใหม่แทน"),
    "info": ("info", "plain", ""),
}
URGENCY_WORDS = {1: "ด่วน", 2: "ด่วนมาก", 3: "ด่วนที่สุด"}
CONTROL_CLASSES = {
    "select": "form-select",
    "nullbooleanselect": "form-select",
    "selectmultiple": "form-select",
    "checkbox": "form-check-input",
}
# The hidden input of a form; a part of a page without any form never asks for a token.
csrf_input = lazy(CsrfTokenNode().render, SafeString)
BYTES_STEP = 1024
BAR_LENGTH = 1000


class Walked(NodeList):
    """The nodes of a frame, of which each kind is looked for once."""

    def __init__(self, nodes: NodeList) -> None:
        super().__init__(nodes)
        self.contains_nontext = nodes.contains_nontext
        self.found: dict[type[Node], list[Node]] = {}

    def get_nodes_by_type(self, nodetype: type[Node]) -> list[Node]:
        if nodetype not in self.found:
            self.found[nodetype] = super().get_nodes_by_type(nodetype)
        return self.found[nodetype]


class ExtendNode(ExtendsNode):
    """Django's own, which would walk through the whole frame for its blocks at every page."""

    must_be_first = True

    def get_parent(self, context: Context) -> Any:
        parent = super().get_parent(context)
        if not isinstance(parent.nodelist, Walked):
            parent.nodelist = Walked(parent.nodelist)
        return parent


@register.tag
def extends(parser: Parser, token: Token) -> ExtendNode:
    """Draw the page in the frame of another template."""
    plain = do_extends(parser, token)
    return ExtendNode(plain.nodelist, plain.parent_name)


@register.simple_tag
def icon(name: str, size: int = 22, label: str = "") -> SafeString:
    """Draw an icon of the sprite; without a label it is decoration beside a word."""
    return _icon(f"{static('icons/sprite.svg')}#{name}", size, label)


@lru_cache(maxsize=1_000)
def _icon(href: str, size: int, label: str) -> SafeString:
    css = "icon" if size == 22 else f"icon icon-{size}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            css, label, href,
        )  # fmt: skip
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        css, href,
    )  # fmt: skip


@register.simple_tag
def remember(template: str, **values: Any) -> SafeString:
    """Put in what the template makes of these values alone (portal.core.remembering)."""
    return draw(template, values)


@register.simple_tag
def rows(template: str, **values: Any) -> SafeString:
    """Put in what a template of Jinja2 makes of these values alone (portal.core.jinja)."""
    return SafeString(_of_jinja(template).render(values))


@register.simple_tag(takes_context=True)
def jinja(context: Context, template: str) -> SafeString:
    """Put in a part of this page that Jinja2 draws: with all it was given, and `csrf_input`."""
    values = cast("dict[str, Any]", context.flatten())
    return rows(template, **values | {"csrf_input": csrf_input(context)})


@register.simple_tag
def mark(name: str, source: str = "components/marks.jinja", **values: Any) -> SafeString:
    """Put in a mark that stands in rows, too: a macro of Jinja2, which draws it everywhere."""
    marks = _marks.__wrapped__(source) if settings.DEBUG else _marks(source)
    return SafeString(getattr(marks, name)(**values))


@cache
def _marks(source: str) -> Any:
    return _of_jinja(source).module


def _of_jinja(template: str) -> Template:
    return cast(Jinja2, engines["rows"]).env.get_template(template)


@register.simple_tag
def state_of(kind: str, text: str = "", icon: str = "", tone: str = "") -> dict[str, str]:
    """Return icon, tone and word of a state; what is given by hand wins."""
    known_icon, known_tone, word = STATES.get(str(kind), ("info", "plain", str(kind)))
    return {"icon": icon or known_icon, "tone": tone or known_tone, "text": text or word}


@register.simple_tag
def waterline(done: Any, in_hand: Any, total: Any) -> dict[str, int]:
    """Return the figures of a waterline, and how far its bars reach on a line of 1,000."""
    finished, held, whole = int(done or 0), int(in_hand or 0), int(total or 0)
    received = finished + held
    scale = BAR_LENGTH / whole if whole else 0
    return {
        "done": finished,
        "in_hand": held,
        "received": received,
        "rest": max(0, whole - received),
        "total": whole,
        "done_reach": round(finished * scale),
        "received_reach": round(received * scale),
    }


@register.filter
def urgency_word(level: Any) -> str:
    """Return the word on the urgency stamp; nothing for an ordinary letter."""
    return URGENCY_WORDS.get(int(level or 0), "")


@register.simple_tag
def control(
    field: BoundField, css: str = "", *, autocomplete: str = "", bare: bool = False
) -> SafeString:
    """Draw the control of a form field with the classes of the portal.

    A placeholder that only repeats the label is left out; a bare control has no hint beside it.
    """
    widget = field.field.widget
    own = CONTROL_CLASSES.get(field.widget_type, "form-control")
    names = " ".join(part for part in (own, widget.attrs.get("class", ""), css) if part)
    attrs: dict[str, str | bool] = {"class": names}
    if autocomplete:
        attrs["autocomplete"] = autocomplete
    if bare or str(widget.attrs.get("placeholder", "")) == str(field.label):
        attrs["placeholder"] = ""
    if bare and field.help_text:
        attrs["aria-describedby"] = f"{field.auto_id}_error" if field.errors else ""
    return field.as_widget(attrs=attrs)


@register.filter
def nowrap(text: Any) -> SafeString:
    """Keep an official title, name or number on one line."""
    return format_html('<span class="text-nowrap">{}</span>', text)


@register.filter
def nbsp(text: Any) -> str:
    """Put no-break spaces into a short text such as “ภาคเรียนที่ 2/2569”."""
    return str(text).replace(" ", NBSP)


@register.filter
def commas(number: Any) -> str:
    """Write 36103 as 36,103; a missing number is a dash."""
    if number in (None, ""):
        return "–"
    # The sum makes a plain number of one that a context processor only promised.
    return f"{number + 0:,}" if isinstance(number, int | float) else str(number)


@register.filter
def filesize(size: int | None) -> str:
    """Write a size as people say it: 180 KB, 2.4 MB."""
    if size is None:
        return ""
    kilobytes = size / BYTES_STEP
    if kilobytes < BYTES_STEP:
        return f"{max(1, round(kilobytes))}{NBSP}KB"
    return f"{kilobytes / BYTES_STEP:.1f}{NBSP}MB"


@register.filter
def thaidate(day: date | None) -> str:
    """Show a day, or the day of a moment, as 20 พ.ย. 2569."""
    return nbsp(thaidates.short_date(day)) if day else ""


@register.filter
def thailongdate(day: date | None) -> str:
    """Show a day as 20 พฤศจิกายน 2569."""
    return nbsp(thaidates.long_date(day)) if day else ""


@register.filter
def thaitime(moment: datetime | None) -> str:
    """Show the time of a moment as 16.30 น."""
    return nbsp(thaidates.short_time(moment)) if moment else ""


@register.filter
def thaidatetime(moment: datetime | None) -> str:
    """Show a moment as 20 พ.ย. 2569 16.30 น., which may break only between day and time."""
    return f"{thaidate(moment)} {thaitime(moment)}" if moment else ""


@register.simple_tag
def request_id() -> str:
    """Say the name of this request, by which the log knows it."""
    return current_request_id()


@register.simple_tag
def print_line(house: str, reader: Any) -> SafeString:
    """Put in the first line on paper: the office, who printed, in which posts, and when."""
    posts, name = (reader.posts_line, reader.name) if reader else ("", "")
    return _print_line(str(house), posts, name, _shown_now().replace(second=0, microsecond=0))


@lru_cache(maxsize=2_000)
def _print_line(house: str, posts: str, name: str, minute: datetime) -> SafeString:
    by = f" โดย{name}" if name else ""
    words = filter(None, [house, posts, f"พิมพ์ {thaidatetime(minute)}{by}"])
    return format_html('<div class="print-line">{}</div>', " · ".join(words))


@register.filter
def neardate(moment: date | None) -> str:
    """Show yesterday, today and tomorrow in words with the time, any other moment with its date."""
    if not moment:
        return ""
    if isinstance(moment, datetime):
        return nbsp(thaidates.near(moment, _shown_now()))
    return nbsp(thaidates.near_date(moment, _shown_now()))


@register.filter
def thaidigits(text: object) -> str:
    """Write the digits of a text as Thai numerals."""
    return thaidates.thai_digits(text)


def _shown_now() -> datetime:
    # Words such as “พรุ่งนี้” only need the day, so a page does not ask the database per row.
    return timezone.now() + timedelta(seconds=settings.CLOCK_SHIFT_SECONDS)


@register.filter
def overdue_words(due_at: datetime, now: datetime) -> str:
    """Say how late something is: เกินกำหนด 2 วัน, or 3 ชั่วโมง on the first day."""
    late = now - due_at
    if late.days:
        return f"เกินกำหนด{NBSP}{late.days}{NBSP}วัน"
    hours = int(late.total_seconds() // 3600)
    return f"เกินกำหนด{NBSP}{hours}{NBSP}ชั่วโมง" if hours else "เพิ่งเกินกำหนด"


@register.filter
def tel(phone: str) -> str:
    """Keep what can be dialled; an extension comes after a pause."""
    number, _, extension = phone.partition("ต่อ")
    digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    inner = "".join(sign for sign in extension if sign.isdigit())
    return f"{digits},{inner}" if inner else digits


@register.filter
def thaiweekday(moment: datetime | None) -> str:
    """Show a day with its name: พฤหัสบดี 19 พฤศจิกายน 2569."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    return f"{thaidates.WEEKDAYS[local.weekday()]} {nbsp(thaidates.long_date(local))}"
