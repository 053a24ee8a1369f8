// Answering a survey: one question at a time, and what is half filled stays in this browser.
// Nothing is sent before the button is pressed. The store is keyed by the digest of the token and
// cleared when the sheet is sent, at signing out (portal.js), and when the survey's time is over.

const PREFIX = "survey:";
const WORDS = {
  kept: "เก็บไว้ในเครื่องนี้แล้ว ยังไม่ได้ส่ง",
  back: "นำคำตอบที่กรอกค้างไว้ในเครื่องกลับมาแล้ว",
  offline: "สัญญาณขาด คำตอบยังอยู่ในเครื่องนี้ ลองอีกครั้งเมื่อมีสัญญาณ",
  choose: "ยังไม่ได้เลือกคำตอบ",
  write: "ยังไม่ได้พิมพ์คำตอบ",
  begin: "เริ่มตอบ",
  next: "ข้อต่อไป",
};

function store(work) {
  try { return work(localStorage); } catch { return null; }  // a full or forbidden store
}

// Sheets whose time is over are nobody's business any more; this one's time may have been extended.
const form = document.querySelector("form[data-survey]");
const own = form && PREFIX + form.dataset.survey;
store((kept) => {
  for (const key of Object.keys(kept).filter((name) => name.startsWith(PREFIX) && name !== own)) {
    let until = 0;
    try { until = JSON.parse(kept.getItem(key)).until; } catch { /* not ours to read */ }
    if (until && until * 1000 < Date.now()) kept.removeItem(key);
  }
});

const sent = document.querySelector("[data-sent]");
if (sent) store((kept) => kept.removeItem(PREFIX + sent.dataset.sent));

const place = document.querySelector("[data-kept]");
function say(text, isBad = false) {
  if (place.textContent !== text) place.textContent = text;
  place.classList.toggle("is-bad", isBad);
}

// Without a line the form stays where it is, instead of the browser's page of trouble. The window
// hears of it before the guard against a second click (portal.js) does.
window.addEventListener("submit", (event) => {
  if (navigator.onLine || !event.target.matches("[data-survey], [data-sends]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(WORDS.offline, true);
}, { capture: true });
window.addEventListener("online", () => { if (place?.classList.contains("is-bad")) say(""); });

if (form) fillIn(form);

function fillIn(form) {
  const key = own;
  const steps = [...form.querySelectorAll("[data-step]")];
  const parts = [...form.querySelectorAll("[data-part]")];
  const [back, next, review] = ["[data-back]", "[data-next]", "[data-review]"].map((one) => form.querySelector(one));
  const bar = document.querySelector("[data-progress]");
  const fields = [...form.elements].filter((one) => /^q\d+$/.test(one.name));
  let here = 0;

  // ---- What is half filled ---------------------------------------------------------------------

  function filled() {
    return [...new FormData(form).entries()].filter(([name, value]) => /^q\d+$/.test(name) && value.trim());
  }

  function remember() {
    const sheet = { until: Number(form.dataset.until) || 0, at: here, fields: filled() };
    if (store((kept) => { kept.setItem(key, JSON.stringify(sheet)); return true; })) say(WORDS.kept);
  }

  function recall() {
    const text = store((kept) => kept.getItem(key));
    if (!text) return;
    let sheet = null;
    try { sheet = JSON.parse(text); } catch { return; }
    if (!Array.isArray(sheet?.fields)) return;
    // What the server just sent back is newer than what lay here.
    if (!("filled" in form.dataset)) {
      for (const field of fields) {
        const given = sheet.fields.filter(([name]) => name === field.name).map(([, value]) => value);
        if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value);
        else field.value = given[0] || "";
      }
      if (sheet.fields.length) say(WORDS.back);
    }
    here = Math.min(Math.max(Number(sheet.at) || 0, 0), steps.length - 1);
  }

  // ---- One question at a time --------------------------------------------------------------------

  function isAnswered(step) {
    return fields.some((one) => step.contains(one) && (one.type === "textarea" ? one.value.trim() : one.checked));
  }

  function complain(step, text) {
    step.classList.toggle("field-wrong", Boolean(text));
    const room = step.querySelector("[data-error]");
    if (!room) return;
    room.replaceChildren();
    if (!text) return;
    const line = document.createElement("p");
    line.className = "field-error";
    line.setAttribute("role", "alert");
    line.textContent = text;
    room.append(line);
  }

  function show(number, { focus = true } = {}) {
    here = number;
    steps.forEach((step, index) => { step.hidden = index !== here; });
    for (const part of parts) part.hidden = steps[here] !== part.parentElement.querySelector("[data-step]");
    const isLast = here === steps.length - 1;
    back.hidden = here === 0;
    next.hidden = isLast;
    next.textContent = here === 0 ? WORDS.begin : WORDS.next;
    review.hidden = !isLast;
    bar.setAttribute("width", String(Math.round((1000 * here) / (steps.length - 1))));
    if (!focus) return;
    window.scrollTo(0, 0);
    steps[here].focus({ preventScroll: true });
  }

  function go(by) {
    const step = steps[here];
    const lacks = by > 0 && "required" in step.dataset && !isAnswered(step);
    complain(step, lacks ? (step.querySelector("textarea") ? WORDS.write : WORDS.choose) : "");
    if (lacks) return;
    show(here + by);
    remember();
  }

  steps[0].tabIndex = -1;
  back.addEventListener("click", () => go(-1));
  next.addEventListener("click", () => go(1));
  // Enter in a field goes on; only the button at the end leads to the last look.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.type === "textarea" || !next.offsetParent) return;
    if (event.target.tagName === "INPUT") { event.preventDefault(); go(1); }
  });
  form.addEventListener("input", (event) => {
    const step = event.target.closest("[data-step]");
    if (step && isAnswered(step)) complain(step, "");
    remember();
  });
  // Every question can be looked at from the list of what is wrong.
  for (const link of document.querySelectorAll("[data-errors] a")) {
    link.addEventListener("click", (event) => {
      const number = steps.findIndex((step) => `#${step.id}` === link.getAttribute("href"));
      if (number < 0) return;
      event.preventDefault();
      show(number);
    });
  }

  recall();
  const wrong = steps.findIndex((step) => step.classList.contains("field-wrong"));
  document.getElementById("main").classList.add("is-stepping");
  for (const pause of document.querySelectorAll("[data-pause]")) pause.hidden = false;
  show(wrong >= 0 ? wrong : here, { focus: false });
}
