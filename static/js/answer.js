// The answer to a letter keeps itself: on the server for everybody at the desk, in this browser
// while there is no line. Without this script it is kept with its button, and sent with the other.
import { forget, forgetWhenChosen, keeper, typedIn } from "./keeping.js";

const NOT_TEXT = new Set(["csrfmiddlewaretoken", "version", "key", "action"]);
const FILES = new Set(["stash", "in_pieces"]);
const WORDS = {
  offline: "ยังไม่มีสัญญาณ จะส่งคำตอบให้เองเมื่อมีสัญญาณ อย่าเพิ่งปิดหน้านี้",
  sent: "ส่งขึ้นแล้ว",
};

for (const form of document.querySelectorAll("form[data-answer]")) keepAnswer(form);
forgetWhenChosen();

function keepAnswer(form) {
  // What was kept for an answer that is sent by now.
  const start = form.dataset.key.slice(0, form.dataset.key.lastIndexOf(":") + 1);
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(start) && key !== form.dataset.key) forget(key);
  } catch { /* nothing was kept */ }

  const typed = () => typedIn(form, NOT_TEXT);

  const keep = keeper({
    form,
    typed,
    accepted,
    differs: () => keep.offerBoth((button) => {
      button.formAction = form.dataset.bothUrl;
      form.querySelector("[data-saved]").after(button);
    }),
  });

  // ---- Files that the server has looked at and kept ----------------------------------------------

  function accepted(answer) {
    if (!answer.brought.length) return;
    form.dispatchEvent(new CustomEvent("files:kept", { detail: answer.brought }));
    for (const old of form.querySelectorAll("[data-kept]")) old.remove();
    for (const file of answer.files) drawKept(file);
  }

  function drawKept({ slot, name, token }) {
    const field = form.elements[slot]?.closest?.(".field");
    if (!field) return;
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", name: "stash", value: token, checked: true, className: "form-check-input" });
    const sent = document.createElement("span");
    sent.className = "saved-ok";
    sent.textContent = WORDS.sent;
    const words = document.createElement("span");
    words.append(`${name} `, sent);
    const label = document.createElement("label");
    label.className = "check";
    label.dataset.kept = slot;
    label.append(box, words);
    let place = field;
    while (place.nextElementSibling?.dataset.kept === slot) place = place.nextElementSibling;
    place.after(label);
  }

  // ---- What lies in this browser -----------------------------------------------------------------

  const kept = keep.recall();
  if (kept) {
    for (const control of form.elements) {
      if (!control.name || NOT_TEXT.has(control.name) || FILES.has(control.name) || control.type === "file") continue;
      const given = kept.filter(([name]) => name === control.name).map(([, value]) => value);
      if (control.type === "radio" || control.type === "checkbox") control.checked = given.includes(control.value);
      else if (given.length) [control.value] = given;
    }
    keep.schedule(0);
  }

  // ---- When --------------------------------------------------------------------------------------

  for (const name of ["input", "change"]) {
    form.addEventListener(name, (event) => { if (event.target.type !== "file") keep.touched(); });
  }
  form.addEventListener("files:changed", () => keep.touched());
  for (const button of form.querySelectorAll("[data-keep]")) button.hidden = true;

  // Without a line the form waits here, instead of the browser's page of trouble.
  let waits = null;
  window.addEventListener("submit", (event) => {
    if (event.target !== form || navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waits = event.submitter;
    keep.touched();
    keep.say(WORDS.offline, "bad");
  }, { capture: true });
  window.addEventListener("online", () => {
    if (!waits) return;
    const button = waits;
    waits = null;
    form.requestSubmit(button);
  });
}
