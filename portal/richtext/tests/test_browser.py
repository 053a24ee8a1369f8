"""The contained editor, driven in Chromium by keyboard, on a phone and a desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.richtext.domain import clean_html
from portal.richtext.tests import pages
from tests.browser import DESKTOP, PHONE
from tests.world import make_world

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("portal.richtext.tests.pages"),
]

FRAME = "iframe.richtext-frame"
HOSTILE = (
    '<p>ก่อน</p><script>parent.postMessage("hit", "*"); window.hit = 1</script>'
    '<img src=x onerror="parent.document.title=\'hit\'"><svg onload="top.hit=1"></svg>'
    '<iframe srcdoc="&lt;script&gt;parent.parent.hit=1&lt;/script&gt;"></iframe>'
    '<a href="javascript:parent.hit=1">กด</a><form action="//evil.example"><input name=q></form>'
    '<p style="position:fixed" onclick="hit()">หลัง</p>'
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1'
    ' onerror=top.hit=1&gt;">'
)
REACH = """async () => {
  const refused = {};
  const tries = {
    parent: () => parent.document.title,
    cookie: () => document.cookie,
    storage: () => localStorage.length,
    session: () => sessionStorage.length,
    top: () => { top.location = "/elsewhere/"; },
    fetch: () => fetch("/livez").then((answer) => answer.text()),
  };
  for (const [name, reach] of Object.entries(tries)) {
    try { await reach(); refused[name] = false; } catch { refused[name] = true; }
  }
  return { origin: self.origin, refused };
}"""


@pytest.fixture(autouse=True)
def nothing_saved():
    pages.saved.clear()


@pytest.fixture(params=[PHONE, DESKTOP])
def writing(request, open_window, live_server, sign_in):
    """A window with the form open and its editor ready; and the frame inside."""
    make_world()
    window = open_window(request.param)
    sign_in(window, "officer")
    window.goto(f"{live_server}/write/")
    window.locator(f"{FRAME}:not(.richtext-waiting)").wait_for()
    return window


def inside(window):
    """Return the frame of the editor, to ask it something."""
    return window.locator(FRAME).element_handle().content_frame()


def text_place(window):
    return window.frame_locator(FRAME).get_by_role("textbox", name="เนื้อหา")


def save(window):
    with window.expect_navigation():
        window.get_by_role("button", name="บันทึก").click()
    window.locator(f"{FRAME}:not(.richtext-waiting)").wait_for()


def test_thai_is_typed_and_made_bold_by_keyboard_alone(writing, axe):
    writing.get_by_label("ชื่อเรื่อง").focus()
    writing.keyboard.press("Tab")
    expect(text_place(writing)).to_be_focused()

    writing.keyboard.type("น้ำท่วมทุ่งนา ")
    writing.keyboard.press("Alt+F10")
    writing.keyboard.press("Tab")
    bold = writing.frame_locator(FRAME).get_by_role("button", name="ตัวหนา")
    expect(bold).to_be_focused()
    writing.keyboard.press("Enter")
    expect(text_place(writing)).to_be_focused()
    writing.keyboard.type("ปิดเรียน")
    writing.keyboard.press("Tab")
    expect(writing.get_by_role("button", name="บันทึก")).to_be_focused()
    axe(writing)
    writing.keyboard.press("Enter")

    expect(writing.locator("#saved strong")).to_have_text("ปิดเรียน")
    assert [text.replace("&nbsp;", " ") for text in pages.saved] == [
        "<p>น้ำท่วมทุ่งนา <strong>ปิดเรียน</strong></p>"
    ]


def test_hostile_html_that_is_pasted_runs_nowhere_in_the_page_and_is_saved_clean(writing):
    text_place(writing).click()
    inside(writing).evaluate(
        """html => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          document.querySelector(".cke_wysiwyg_div").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        HOSTILE,
    )
    expect(text_place(writing)).to_contain_text("หลัง")
    save(writing)

    assert writing.evaluate("window.hit") is None
    assert writing.title() != "hit"
    assert pages.saved[-1] == clean_html(pages.saved[-1])
    assert "ก่อน" in pages.saved[-1]
    for word in ("script", "onerror", "javascript", "style", "iframe", "svg", "<img", "<form"):
        assert word not in pages.saved[-1]
    expect(writing.locator("#saved")).to_contain_text("หลัง")


def test_inside_the_frame_nothing_of_the_portal_can_be_reached(writing):
    writing.watch.expect("/livez")
    writing.watch.expect("Unsafe attempt to initiate navigation")

    found = inside(writing).evaluate(REACH)

    assert found["origin"] == "null"
    assert found["refused"] == dict.fromkeys(
        ("parent", "cookie", "storage", "session", "top", "fetch"), True
    )
    assert writing.url.endswith("/write/")


def test_a_frame_without_its_sandbox_would_reach_everything(open_window, live_server, sign_in):
    """The control: the same questions in a frame of the portal's own origin are answered."""
    make_world()
    window = open_window(DESKTOP)
    sign_in(window, "officer")
    window.goto(f"{live_server}/write/")
    window.evaluate(
        """() => {
          const frame = document.createElement("iframe");
          frame.id = "open"; frame.src = "/open-frame/";
          document.body.append(frame);
          return new Promise((done) => { frame.onload = done; });
        }"""
    )
    frame = window.locator("#open").element_handle().content_frame()

    found = frame.evaluate(REACH.replace('top.location = "/elsewhere/"', "top.location.hash = 'x'"))

    assert found["refused"] == dict.fromkeys(
        ("parent", "cookie", "storage", "session", "top", "fetch"), False
    )


def test_a_text_that_is_not_saved_is_not_lost_without_a_question(writing):
    text_place(writing).click()
    writing.keyboard.type("ยังไม่บันทึก")
    expect(writing.locator("textarea[name=text]")).to_have_value("<p>ยังไม่บันทึก</p>\n")
    asked = []
    writing.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))

    with writing.expect_event("dialog"):
        writing.evaluate("location.assign('/help/')")

    assert asked == ["beforeunload"]
    assert writing.url.endswith("/write/")


def test_what_is_typed_beside_the_editor_is_not_left_unasked(writing):
    asked = []
    writing.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    writing.get_by_label("ชื่อเรื่อง").fill("อ่านคล่อง")
    with writing.expect_event("dialog"):
        writing.get_by_role("link", name="คู่มือของหน้านี้").click()
    assert asked == ["beforeunload"]

    text_place(writing).click()
    writing.keyboard.type("เขียนแล้ว")
    writing.get_by_role("button", name="บันทึก").click()
    expect(writing.locator("#saved")).to_have_text("เขียนแล้ว")
    writing.locator(f"{FRAME}:not(.richtext-waiting)").wait_for()

    writing.get_by_role("link", name="คู่มือของหน้านี้").click()
    writing.wait_for_url("**/help/**")
    assert asked == ["beforeunload"]


def test_the_tools_have_thai_names_and_the_frame_is_accessible(writing, axe):
    names = (
        writing.frame_locator(FRAME)
        .locator("a.cke_button")
        .evaluate_all("all => all.map((one) => one.textContent.trim() || one.title)")
    )

    assert len(names) >= 12
    assert [name for name in names if not any("ก" <= letter <= "๛" for letter in name)] == []


def test_without_scripts_plain_lines_become_paragraphs(open_window, live_server, sign_in):
    make_world()
    window = open_window(PHONE, java_script_enabled=False)
    sign_in(window, "officer")
    window.goto(f"{live_server}/write/")

    window.get_by_label("เนื้อหา").fill("ย่อหน้าแรก\n\nย่อหน้าสอง 3 < 5")
    window.get_by_role("button", name="บันทึก").click()

    expect(window.get_by_label("เนื้อหา")).to_have_value("ย่อหน้าแรก\n\nย่อหน้าสอง 3 < 5")
    assert pages.saved == ["<p>ย่อหน้าแรก</p><p>ย่อหน้าสอง 3 &lt; 5</p>"]
