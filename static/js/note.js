// The one-page note keeps itself, and its lines follow the typing: the server measures the paper,
// at most once a second, and what is measured is not saved.
import { ask, forgetWhenChosen, keeper, typedIn } from "./keeping.js";

const PAUSE = 350;
const EVERY = 1000;
const NOT_TEXT = new Set(["csrfmiddlewaretoken", "version", "action"]);

const form = document.querySelector("form[data-note]");
if (form) keepNote(form);
forgetWhenChosen();

function keepNote(form) {
  const rows = form.querySelector("[data-rows]");
  const most = 10;

  const typed = () => typedIn(form, NOT_TEXT);

  const keep = keeper({
    form,
    typed,
    accepted: (answer) => showGauge(answer.gauge),
    differs: () => keep.offerBoth(),
  });

  // ---- The lines ---------------------------------------------------------------------------------

  const gauge = form.querySelector("[data-gauge]");

  function paint(place, part, plain) {
    for (const tone of ["soon", "late"]) place.classList.toggle(`note-${tone}`, part.tone === tone);
    const words = place.querySelector("[data-words]");
    if (words.textContent !== part.words) words.textContent = part.words;
    const bar = place.querySelector("[data-bar] rect");
    bar?.setAttribute("width", part.percent);
    bar?.setAttribute("class", `waterline-${part.tone || plain}`);
  }

  function showGauge(found) {
    paint(gauge, found, "hand");
    gauge.querySelector("[data-percent]").textContent = found.percent;
    for (const place of form.querySelectorAll("[data-part]")) paint(place, found.parts[place.dataset.part], "part");
  }

  let measured = JSON.stringify(typed());
  let asking = false;
  let last = 0;
  let timer = 0;

  function measureSoon() {
    clearTimeout(timer);
    timer = setTimeout(measure, Math.max(PAUSE, last + EVERY - Date.now()));
  }

  async function measure() {
    if (asking) { measureSoon(); return; }
    const now = JSON.stringify(typed());
    if (now === measured) return;
    asking = true;
    last = Date.now();
    try {
      const response = await ask(form.dataset.fillUrl, typed(), form.elements.csrfmiddlewaretoken.value);
      if (response.ok && (response.headers.get("Content-Type") || "").startsWith("application/json")) {
        showGauge(await response.json());
        measured = now;
      }
    } catch { /* without a line the gauge rests; the save says so */ }
    asking = false;
    if (JSON.stringify(typed()) !== now) measureSoon();
  }

  // ---- Rows --------------------------------------------------------------------------------------

  function addRow() {
    const all = rows.querySelectorAll("[data-row]");
    if (all.length >= most) return null;
    const row = all[0].cloneNode(true);
    for (const input of row.querySelectorAll("input")) {
      const number = all.length;
      input.name = input.name.replace(/\d+$/, number);
      input.value = "";
      input.setAttribute("value", "");
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, number + 1));
    }
    rows.append(row);
    form.elements.rows.value = all.length + 1;
    return row;
  }

  const add = form.querySelector("[data-add-row]");
  add.addEventListener("click", (event) => {
    event.preventDefault();
    const row = addRow();
    if (row) row.querySelector("input").focus();
    else keep.say(`ใส่ได้ไม่เกิน ${most} แถว`, "");
  });

  // Enter in a row goes on to the next one instead of sending the page.
  rows.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const fields = [...rows.querySelectorAll("input")];
    const next = fields[fields.indexOf(event.target) + 1];
    if (next) next.focus();
    else add.click();
  });

  // ---- Printing ----------------------------------------------------------------------------------

  // What does not fit is said here, beside what is to be shortened, and not on a second page.
  document.querySelector("[data-after-save]").addEventListener("click", (event) => {
    if (!gauge.classList.contains("note-late")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    keep.save().then((isSaved) => {
      if (!isSaved || !gauge.classList.contains("note-late")) return;
      keep.say(`${gauge.querySelector("[data-words]").textContent} ย่อแล้วจึงพิมพ์ได้`, "bad");
    });
    form.querySelector(".note-late[data-part]")?.closest(".note-box, .note-tasks")?.querySelector("textarea, input")?.focus();
  }, { capture: true });

  // ---- When --------------------------------------------------------------------------------------

  form.addEventListener("input", () => { keep.touched(); measureSoon(); });
  form.addEventListener("change", () => keep.touched());

  const kept = keep.recall();
  if (kept) {
    const count = Number(new Map(kept).get("rows")) || 0;
    while (rows.querySelectorAll("[data-row]").length < Math.min(count, most)) if (!addRow()) break;
    for (const control of form.elements) {
      if (NOT_TEXT.has(control.name) || !control.name || control.name === "rows") continue;
      const given = kept.find(([name]) => name === control.name);
      if (control.type === "checkbox") control.checked = Boolean(given);
      else if (given) control.value = given[1];
    }
    keep.schedule(0);
    measureSoon();
  }
}
