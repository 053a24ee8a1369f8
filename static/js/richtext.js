// The editor of rich text, contained: it runs in a sandboxed frame that has an origin of its own,
// and all it can do is to send text through one channel. The server cleans that text. Until the
// frame says that it is ready, and whenever it fails, the plain box stands there and works.

const SANDBOX = "allow-scripts allow-modals";
const ANSWER_WITHIN = 1500;
const LEAST_HEIGHT = 320;
const MOST_OF_WINDOW = 0.75;
const MOST_LETTERS = 1000000;
const COVERED_FOR = 5000;
const TAG = /<\/?[a-z][^<>]*>/i;
const FONTS = /\/sarabun-(?:thai|latin)-(?:400|700)-normal[^/]*\.woff2$/;
const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";

const editors = new Map();  // form → its editors
const touched = new Set();  // forms in which something was typed beside the editor

for (const area of document.querySelectorAll("textarea[data-richtext]")) contain(area);

function contain(area) {
  const label = document.querySelector(`label[for="${CSS.escape(area.id)}"]`);
  const name = (label?.textContent || area.getAttribute("aria-label") || "ข้อความ").replace(/\s+/g, " ").trim();
  const frame = document.createElement("iframe");
  const { port1: port, port2: theirs } = new MessageChannel();
  const editor = { area, isDirty: false, isReady: false, flush };
  const waiting = [];
  let isHandedOver = false;

  frame.className = "richtext-frame";
  frame.title = `ช่องเขียน: ${name}`;
  frame.setAttribute("sandbox", SANDBOX);
  frame.setAttribute("referrerpolicy", "no-referrer");
  frame.src = area.dataset.richtext;
  if (area.getAttribute("aria-describedby")) frame.setAttribute("aria-describedby", area.getAttribute("aria-describedby"));

  // A frame that loads a second time is not the page we made: it gets nothing more.
  frame.addEventListener("load", () => {
    if (isHandedOver) { fallBack(); return; }
    isHandedOver = true;
    frame.contentWindow.postMessage({ text: startText(area), label: name, isWrong: area.getAttribute("aria-invalid") === "true" }, "*", [theirs]);
    sendFonts(port);
  });
  port.onmessage = ({ data }) => {
    if (data?.kind === "ready") takeOver();
    else if (data?.kind === "text") take(data.text);
    else if (data?.kind === "height") fit(Number(data.height));
    else if (data?.kind === "flushed") { take(data.text); for (const done of waiting.splice(0)) done(); }
    else if (data?.kind === "leave") leave(frame, data.back === true);
  };

  // A text with tags is not shown as such while the editor comes; when it does not come, it is.
  area.classList.toggle("richtext-covered", TAG.test(area.value));
  setTimeout(() => area.classList.remove("richtext-covered"), COVERED_FOR);

  area.form?.addEventListener("input", () => touched.add(area.form));
  area.after(frame);
  frame.classList.add("richtext-waiting");
  editors.set(area.form, [...(editors.get(area.form) || []), editor]);
  label?.addEventListener("click", (event) => { if (editor.isReady) { event.preventDefault(); focus(); } });

  function takeOver() {
    editor.isReady = true;
    const id = area.id;
    area.id = `${id}-source`;
    area.hidden = true;
    frame.id = id;
    frame.classList.remove("richtext-waiting");
    if (document.activeElement === area || location.hash === `#${id}`) focus();
  }
  function fallBack() {
    port.close();
    editor.isReady = false;
    area.classList.remove("richtext-covered");
    area.id = area.id.replace(/-source$/, "");
    area.hidden = false;
    frame.remove();
    for (const done of waiting.splice(0)) done();
  }
  function take(text) {
    if (typeof text !== "string" || text.length > MOST_LETTERS || !editor.isReady || text === area.value) return;
    area.value = text;
    if (!editor.isDirty && text === editor.first) return;
    editor.isDirty = true;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function fit(height) {
    const most = Math.max(LEAST_HEIGHT, window.innerHeight * MOST_OF_WINDOW);
    if (height > 0) frame.height = String(Math.round(Math.min(Math.max(height, LEAST_HEIGHT), most)));
  }
  function focus() {
    frame.focus();
    port.postMessage({ kind: "focus" });
  }
  function flush() {
    if (!editor.isReady) return Promise.resolve();
    return new Promise((done) => {
      waiting.push(done);
      setTimeout(done, ANSWER_WITHIN);
      port.postMessage({ kind: "flush" });
    });
  }
}

// What the editor begins with: the text as HTML, or what the browser kept of an earlier visit.
function startText(area) {
  if (area.value === area.defaultValue && area.dataset.rich !== undefined) return area.dataset.rich;
  if (TAG.test(area.value)) return area.value;
  const escaped = area.value.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return escaped.split(/\n\s*\n/).filter((part) => part.trim())
    .map((part) => `<p>${part.trim().replace(/\r?\n/g, "<br>")}</p>`).join("");
}

// A frame without an origin may not ask for our fonts itself, where a server allows it to nobody.
async function sendFonts(port) {
  await document.fonts.ready;
  for (const { name } of performance.getEntriesByType("resource").filter((entry) => FONTS.test(entry.name))) {
    try {
      const bytes = await (await fetch(name)).arrayBuffer();
      port.postMessage({ kind: "font", bytes, weight: name.includes("-700-") ? "700" : "400", isThai: name.includes("-thai-") }, [bytes]);
    } catch { /* the system's font serves as well */ }
  }
}

function leave(frame, isBackward) {
  const all = [...document.querySelectorAll(`${FOCUSABLE}, iframe`)]
    .filter((one) => one === frame || (!one.disabled && one.tabIndex >= 0 && one.getClientRects().length));
  const next = all[all.indexOf(frame) + (isBackward ? -1 : 1)];
  frame.blur();
  (next || document.getElementById("main"))?.focus();
}

// ---- Sending: the last word is fetched from the frame first ------------------------------------

const fetched = new WeakSet();

window.addEventListener("submit", (event) => {
  const form = event.target;
  const own = editors.get(form)?.filter((editor) => editor.isReady);
  if (!own?.length || fetched.delete(form)) {
    touched.delete(form);
    for (const editor of own || []) editor.isDirty = false;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = event.submitter;
  Promise.all(own.map((editor) => editor.flush())).then(() => {
    fetched.add(form);
    form.requestSubmit(button);
    fetched.delete(form);
  });
}, true);

window.addEventListener("beforeunload", (event) => {
  const isDirty = [...editors.values()].flat().some((editor) => editor.isDirty);
  if (isDirty || touched.size) event.preventDefault();
});
