// A file field that sends by itself: what cannot be taken is said at once, photographs are made
// smaller, each file goes to the server in pieces with its progress, and the form waits for them.
// Without this script the form brings its files in one piece, and the server looks at them the same.
// <div data-file-pick="เลือกไฟล์" …><input type="file" name="files" multiple></div>

import { Refused, SignedOut, send, shrink, takeBack, token } from "./pieces.js";
import { drop, dropOthers, put, rowsOf } from "./shelf.js";

const MEGABYTE = 1024 * 1024;
const SVG = "http://www.w3.org/2000/svg";
const NAMES = { doc: "Word", docx: "Word", xls: "Excel", xlsx: "Excel", ppt: "PowerPoint", pptx: "PowerPoint" };
const WORDS = {
  shrinking: "กำลังย่อภาพ",
  queued: "รอส่ง",
  sending: "กำลังส่ง",
  waiting: "สัญญาณขาด ไฟล์ยังอยู่ในเครื่อง จะส่งต่อเองเมื่อมีสัญญาณ",
  sent: "ส่งขึ้นแล้ว",
  shrunk: "ย่อภาพก่อนส่ง",
  hold: "รอไฟล์ขึ้นให้ครบก่อน แล้วจะส่งให้เอง",
  signedOut: "ออกจากระบบแล้ว เข้าสู่ระบบแล้วเปิดหน้านี้อีกครั้ง",
  unreadable: "อ่านไฟล์ในเครื่องไม่ได้ เลือกไฟล์ใหม่อีกครั้ง",
  remove: "เอาออก",
};

// ---- What cannot be taken ------------------------------------------------------------------------

function sizeWords(size) {
  if (size < MEGABYTE) return `${Math.max(1, Math.round(size / 1024))} KB`;
  return `${(size / MEGABYTE).toFixed(1).replace(/\.0$/, "")} MB`;
}

function problemOf(file, most, endings) {
  if (file.size === 0) return `“${file.name}” ว่างเปล่า เปิดดูไฟล์ในเครื่องก่อน แล้วแนบใหม่`;
  if (most && file.size > most) return `“${file.name}” ใหญ่ ${sizeWords(file.size)} รับได้ไม่เกิน ${sizeWords(most)}`;
  const ending = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
  if (!ending || !endings.length || endings.includes(`.${ending}`)) return "";
  if (NAMES[ending] && endings.join() === ".pdf") return `ไฟล์นี้เป็น ${NAMES[ending]} ใช้ PDF เท่านั้น วิธีทำ: แฟ้ม › บันทึกเป็น › PDF`;
  return `“${file.name}” ใช้ที่นี่ไม่ได้ ใช้ไฟล์ที่ลงท้ายว่า ${endings.join(" ")}`;
}

function drawIcon(sprite, name, className = "icon icon-20") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

function show(input, problems) {
  const place = input.closest("[data-file-pick]") || input;
  const field = input.closest(".field") || place.parentElement;
  for (const old of field.querySelectorAll("[data-upload-problem]")) old.remove();
  field.classList.toggle("field-wrong", problems.length > 0);
  for (const words of problems) {
    const line = document.createElement("p");
    line.className = "field-error";
    line.dataset.uploadProblem = "";
    line.setAttribute("role", "alert");
    const text = document.createElement("span");
    text.textContent = words;
    if (place.dataset.fileIcon) line.append(drawIcon(place.dataset.fileIcon, "circle-alert"));
    line.append(text);
    place.before(line);
  }
}

function goodFiles(input) {
  const endings = (input.accept || "").split(",").map((part) => part.trim().toLowerCase());
  // A field of pictures takes whatever the phone calls one: it is drawn anew before it is sent.
  const named = endings.some((part) => part.startsWith("image/")) ? [] : endings.filter((part) => part.startsWith("."));
  const good = [];
  const problems = [];
  for (const file of input.files) {
    const problem = problemOf(file, Number(input.dataset.maxBytes || 0), named);
    if (problem) problems.push(problem);
    else good.push(file);
  }
  show(input, problems);
  return good;
}

// ---- The files on their way, one after the other -------------------------------------------------

const rows = new Set();   // {input, form, line, words, bar, file, id, state, stop}
let turn = Promise.resolve();

function listOf(input) {
  const place = input.closest("[data-file-pick]");
  let list = place.querySelector(".file-chosen");
  if (!list) {
    list = document.createElement("ul");
    list.className = "file-chosen";
    list.setAttribute("aria-live", "polite");
    place.append(list);
  }
  return list;
}

function drawRow(input, file) {
  const sprite = input.closest("[data-file-pick]").dataset.fileIcon;
  const line = document.createElement("li");
  line.className = "file-going";
  const name = document.createElement("span");
  name.textContent = file.name;
  const words = document.createElement("span");
  words.className = "meta";
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", `${WORDS.sending} ${file.name}`);
  const text = document.createElement("span");
  text.className = "file-going-words";
  text.append(name, words, bar);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-quiet btn-icon";
  button.setAttribute("aria-label", `${WORDS.remove} ${file.name}`);
  button.append(drawIcon(sprite, "x"));
  line.append(drawIcon(sprite, file.type.startsWith("image/") ? "image" : "file-text", "icon"), text, button);
  listOf(input).append(line);
  return { line, words, bar, button };
}

function say(row, text) {
  if (row.words.textContent !== text) row.words.textContent = text;
}

function addRow(input, file, kept) {
  const row = { input, form: input.form, file, state: "queued", id: "", stop: new AbortController(), note: "", ...drawRow(input, file) };
  row.shelf = kept?.id || (crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`);
  row.button.addEventListener("click", () => remove(row));
  rows.add(row);
  say(row, WORDS.queued);
  if (kept?.sent) finish(row, kept.sent);
  else turn = turn.then(() => work(row, Boolean(kept)));
}

function remove(row) {
  row.stop.abort();
  if (row.id) takeBack(row.id);
  forget(row);
  changed(row);
  settled(row.form, row.input);
}

function forget(row) {
  rows.delete(row);
  row.line.remove();
  if (keptUnder(row.form)) drop(row.shelf);
}

function keptUnder(form) { return form?.dataset.filesKey || ""; }

function keep(row, sent) {
  const form = keptUnder(row.form);
  if (form) put({ id: row.shelf, form, field: row.input.name, file: row.file, sent });
}

async function work(row, isReady) {
  if (row.stop.signal.aborted) return;
  try {
    if (!isReady && row.file.type.startsWith("image/")) {
      say(row, WORDS.shrinking);
      const before = row.file.size;
      row.file = await shrink(row.file);
      if (row.file.size < before) row.note = `${WORDS.shrunk} ${sizeWords(before)} เหลือ ${sizeWords(row.file.size)} · `;
    }
    keep(row, "");
    row.state = "sending";
    const id = await send(row.file, {
      signal: row.stop.signal,
      told(bytes, isWaiting) {
        row.state = isWaiting ? "waiting" : "sending";
        row.bar.value = Math.round((100 * bytes) / row.file.size);
        say(row, `${row.note}${isWaiting ? WORDS.waiting : `${WORDS.sending} ${row.bar.value} %`}`);
      },
    });
    if (row.stop.signal.aborted) return;
    keep(row, id);
    finish(row, id);
  } catch (error) {
    if (row.stop.signal.aborted) return;
    failed(row, error);
  }
}

function finish(row, id) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "in_pieces";
  field.value = `${row.input.name}:${id}`;
  if (row.input.getAttribute("form")) field.setAttribute("form", row.input.getAttribute("form"));
  row.id = id;
  row.state = "sent";
  row.bar.remove();
  row.line.append(field);
  say(row, `${row.note}${WORDS.sent} · ${sizeWords(row.file.size)}`);
  row.words.classList.add("saved-ok");
  changed(row);
  settled(row.form, row.input);
}

function changed(row) { row.form?.dispatchEvent(new CustomEvent("files:changed")); }

function failed(row, error) {
  const { input } = row;
  if (error instanceof SignedOut) { row.state = "stopped"; say(row, WORDS.signedOut); return; }
  forget(row);
  show(input, [`${row.file.name}: ${(error instanceof Refused && error.message) || WORDS.unreadable}`]);
  settled(row.form, input);
}

// ---- The form waits for its files ----------------------------------------------------------------

const waiting = new Map();

function isGoing(form) {
  return [...rows].some((row) => row.form === form && row.state !== "sent");
}

function settled(form, input) {
  if (isGoing(form)) return;
  // A field that posts by itself (htmx) hears now of what it was told to hold back.
  if (input.hasAttribute("hx-post")) {
    if ([...rows].some((row) => row.input === input)) input.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "sent" }));
    return;
  }
  if (!waiting.has(form)) return;
  const button = waiting.get(form);
  waiting.delete(form);
  form.querySelector("[data-files-hold]")?.remove();
  form.requestSubmit(button);
}

window.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isGoing(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (waiting.has(form)) return;
  waiting.set(form, event.submitter);
  const words = document.createElement("p");
  words.className = "note";
  words.dataset.filesHold = "";
  words.setAttribute("role", "status");
  words.textContent = WORDS.hold;
  (event.submitter?.closest(".buttons") || form.lastElementChild).before(words);
}, { capture: true });

// The page was sent: a field that stays on it begins anew.
document.addEventListener("htmx:afterRequest", (event) => {
  const input = event.detail.elt;
  if (input?.type !== "file" || !event.detail.successful) return;
  for (const row of [...rows]) if (row.input === input) forget(row);
});

// The server has looked at them and kept them: the page names them by another word now.
document.addEventListener("files:kept", (event) => {
  const kept = new Set(event.detail);
  for (const row of [...rows]) {
    if (row.form === event.target && row.state === "sent" && kept.has(`${row.input.name}:${row.id}`)) forget(row);
  }
}, true);

// ---- Choosing ------------------------------------------------------------------------------------

// Before anybody else hears of the choice.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || event.detail === "sent") return;
  const sends = token() && input.form && input.closest("[data-file-pick]");
  if (!sends && !input.dataset.maxBytes) return;
  const files = goodFiles(input);
  event.stopImmediatePropagation();
  input.value = "";
  if (!files.length) return;
  if (!sends) { bringPlainly(input, files); return; }
  if (!input.multiple) for (const row of [...rows]) if (row.input === input) remove(row);
  for (const file of input.multiple ? files : files.slice(0, 1)) addRow(input, file);
  input.required = false;
}, true);

function bringPlainly(input, files) {
  const good = new DataTransfer();
  for (const file of files) good.items.add(file);
  input.files = good.files;
  input.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "sent" }));
}

// ---- What was chosen before the page was closed --------------------------------------------------

for (const form of document.querySelectorAll("form[data-files-key]")) bringBack(form);

async function bringBack(form) {
  const key = keptUnder(form);
  await dropOthers(key.slice(0, key.lastIndexOf(":") + 1), key);
  for (const kept of await rowsOf(key)) {
    const input = form.elements[kept.field];
    if (input?.type === "file") addRow(input, kept.file, kept);
  }
}
