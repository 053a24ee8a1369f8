// What every page of the portal may use. Each part is an improvement only: without it the page
// still works. No part writes HTML from data, and none needs another.

const WAITING_AFTER = 400;
const GIVE_UP_AFTER = 20000;
const WAITING_WORDS = "กำลังส่ง…";
const SVG = "http://www.w3.org/2000/svg";

// ---- Messages: they stay until closed ----------------------------------------------------------

function showCloseButtons(root) {
  for (const button of root.querySelectorAll("[data-close][hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close]");
  if (!button) return;
  const message = button.closest("[data-message]");
  message.remove();
  document.getElementById("main")?.focus({ preventScroll: true });
});

// ---- Menus (details[data-menu]): Escape and a click elsewhere close them -----------------------

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// The box over all rooms is ready to be typed in as soon as it opens.
document.addEventListener(
  "toggle",
  ({ target }) => { if (target.open && target.matches("[data-seek]")) target.querySelector("input").focus(); },
  true,
);

// ---- Sending: one click is one deed; after 400 ms the button says what it does -----------------

const sending = new Map();

function showWaiting(button) {
  const width = button.getBoundingClientRect().width;
  const before = [...button.childNodes];
  button.style.minWidth = `${width}px`;
  button.replaceChildren(button.dataset.waiting || WAITING_WORDS);
  button.disabled = true;
  return () => {
    button.replaceChildren(...before);
    button.disabled = false;
    button.style.minWidth = "";
  };
}

function startSending(form, button) {
  const state = { restore: null };
  state.wait = setTimeout(() => { if (button) state.restore = showWaiting(button); }, WAITING_AFTER);
  state.giveUp = setTimeout(() => stopSending(form), GIVE_UP_AFTER);
  sending.set(form, state);
}

function stopSending(form) {
  const state = sending.get(form);
  if (!state) return;
  clearTimeout(state.wait);
  clearTimeout(state.giveUp);
  state.restore?.();
  sending.delete(form);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const isPost = (event.submitter?.formMethod || form.method) === "post";
  if (!isPost || form.hasAttribute("data-no-wait")) return;
  if (sending.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (event.defaultPrevented) return;
  startSending(form, event.submitter);
}, true);

window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of [...sending.keys()]) stopSending(form);
});

// ---- Signing out leaves nothing behind in a shared machine: no text, no file, no list -------------

function leaveNothing() {
  for (const clear of [
    () => localStorage.clear(),
    () => sessionStorage.clear(),
    () => indexedDB.deleteDatabase("portal"),
  ]) {
    try { clear(); } catch { /* nothing was kept */ }
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.action?.includes?.("/logout/")) return;
  leaveNothing();
  window.addEventListener("pagehide", leaveNothing);  // what a page still wrote on its way out
});

// ---- Choosing rows: the action bar says what is chosen -----------------------------------------
// <form id="receive"> … <input type="checkbox" data-count="3" data-units="12 40 41"> …
// <div class="actionbar" data-selection="receive"> with [data-line="เลือก {rows} เรื่อง"] inside.

function bars() {
  return document.querySelectorAll("[data-selection]");
}

function boxesOf(bar) {
  const form = document.getElementById(bar.dataset.selection);
  return form ? [...form.elements].filter((box) => box.type === "checkbox" && box.hasAttribute("data-count")) : [];
}

function updateBar(bar) {
  const boxes = boxesOf(bar);
  const chosen = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest(".item, tr")?.classList.toggle("is-chosen", box.checked);
  const units = new Set(chosen.flatMap((box) => (box.dataset.units || "").split(" ").filter(Boolean)));
  const count = chosen.reduce((sum, box) => sum + Number(box.dataset.count || 1), 0);
  const figures = { rows: chosen.length, count, units: units.size };
  for (const words of bar.querySelectorAll("[data-line]")) {
    const text = words.dataset.line.replace(/\{(rows|count|units)\}/g, (_, name) => figures[name]);
    if (words.textContent !== text) words.textContent = text;
  }
  const most = Number(bar.dataset.max || Infinity);
  const tooMany = bar.querySelector("[data-too-many]");
  if (tooMany) tooMany.hidden = count <= most;
  for (const button of bar.querySelectorAll("[data-choose-none]")) button.hidden = false;
  bar.classList.toggle("is-on", chosen.length > 0);
  bar.hidden = chosen.length === 0;
}

document.addEventListener("change", (event) => {
  if (event.target.type !== "checkbox") return;
  const all = event.target.dataset.chooseAll;
  for (const bar of bars()) {
    if (all && all === bar.dataset.selection) {
      for (const box of boxesOf(bar)) box.checked = event.target.checked;
    }
    updateBar(bar);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose-none]");
  if (!button) return;
  const bar = button.closest("[data-selection]");
  const boxes = boxesOf(bar);
  const first = boxes.find((box) => box.checked);
  for (const box of boxes) box.checked = false;
  updateBar(bar);
  first?.focus();
});

// ---- Fields ------------------------------------------------------------------------------------

function drawIcon(href) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", href);
  svg.append(use);
  return svg;
}

function addPasswordEyes(root) {
  for (const place of root.querySelectorAll("[data-password]:not([data-ready])")) {
    const input = place.querySelector("input");
    if (!input) continue;
    place.dataset.ready = "";
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", "แสดงรหัสผ่าน");
    button.setAttribute("aria-pressed", "false");
    button.append(drawIcon(place.dataset.icon));
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    });
    place.append(button);
  }
}

function addFileButtons(root) {
  for (const place of root.querySelectorAll("[data-file-pick]:not([data-ready])")) {
    const input = place.querySelector('input[type="file"]');
    if (!input) continue;
    place.dataset.ready = "";
    const sprite = place.dataset.fileIcon;
    const button = document.createElement("span");
    button.className = "btn btn-secondary";
    button.append(drawIcon(`${sprite}#${input.accept.includes("image") ? "camera" : "paperclip"}`), place.dataset.filePick);
    const label = document.createElement("label");
    label.htmlFor = input.id;
    label.append(button);
    const list = document.createElement("ul");
    list.className = "file-chosen";
    list.setAttribute("aria-live", "polite");
    const line = document.createElement("div");
    line.className = "file-pick";
    input.before(line);
    input.classList.remove("form-control");
    input.classList.add("visually-hidden");
    line.append(input, label);
    line.after(list);
    input.addEventListener("change", (event) => {
      if (event.detail === "sent" && !input.files.length) return;  // upload.js lists them itself
      list.replaceChildren(...[...input.files].map((file) => {
        const row = document.createElement("li");
        row.append(drawIcon(`${sprite}#${file.type.startsWith("image/") ? "image" : "file-text"}`), file.name);
        return row;
      }));
    });
  }
}

// A filter that is chosen is asked for at once; the hidden button stays for everybody else.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// Focus moves to the list of errors, and from there to the field.
function focusErrors(root) {
  (root.matches?.("[data-errors]") ? root : root.querySelector("[data-errors]"))?.focus();
}

// ---- htmx --------------------------------------------------------------------------------------

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  // A hidden tab asks nothing; the next turn after it is shown again does.
  if (document.hidden && /(^|,)\s*every /.test(elt.getAttribute("hx-trigger") || "")) event.preventDefault();
});

// Signed out meanwhile: the answer is a whole page, so the browser goes there itself.
document.addEventListener("htmx:beforeSwap", (event) => {
  const text = event.detail.serverResponse || "";
  if (event.detail.target !== document.body && /^\s*<!doctype/i.test(text)) {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) stopSending(form);
});

document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.xhr?.status === 422) focusErrors(event.detail.elt);
  for (const bar of bars()) updateBar(bar);
});

// A deed that is offered for a while counts down, and goes when the time is over.
function countDown(box) {
  const end = Date.now() + Number(box.dataset.countdown) * 1000;
  const words = box.querySelector("[data-countdown-words]");
  const timer = setInterval(() => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) words.textContent = `${Math.floor(left / 60)} นาที ${left % 60} วินาที`;
    else { clearInterval(timer); box.hidden = true; }
  }, 1000);
}

// On a phone the filter links scroll sideways: the current one stays in sight.
function showCurrentLinks(root) {
  for (const link of root.querySelectorAll(".filter-links [aria-current], .tabs [aria-current]")) {
    const list = link.closest("ul");
    const hidden = link.getBoundingClientRect().right - list.getBoundingClientRect().right;
    if (hidden > 0) list.scrollLeft = hidden + 48;
  }
}

function prepare(root) {
  showCurrentLinks(root);
  showCloseButtons(root);
  addPasswordEyes(root);
  addFileButtons(root);
}

prepare(document);
for (const bar of bars()) updateBar(bar);
for (const box of document.querySelectorAll("[data-countdown]")) countDown(box);
focusErrors(document);
// A page that asks once more came by a POST. The back button asks for it by its address, and the
// server says what became of the deed, instead of the browser asking whether to send it again.
if (document.querySelector("[data-asks-once]")) window.history.replaceState(null, "", window.location.pathname);
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
