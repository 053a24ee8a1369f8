// A draft saves itself: 2 s after the last key, and before anything else is done with the page.
// What is not saved yet lies in localStorage under the draft's key: a lost line, a lost session or
// a closed lid loses nothing. Without this script the page saves with its button.

const QUIET = 2000;
const RETRY = 5000;
const KEPT_WORDS = "สัญญาณขาด สิ่งที่พิมพ์ยังอยู่ในเครื่อง จะส่งเองเมื่อมีสัญญาณ";
const SIGNED_OUT_WORDS = "ออกจากระบบแล้ว สิ่งที่พิมพ์ยังอยู่ในเครื่อง เข้าสู่ระบบแล้วเปิดร่างนี้อีกครั้ง";
const EXPIRED_WORDS = "หน้านี้เปิดไว้นานเกินไป สิ่งที่พิมพ์ยังอยู่ในเครื่อง เปิดหน้านี้ใหม่แล้วจะบันทึกต่อให้";
const BOTH_WORDS = "มีคนแก้หน้านี้พร้อมกัน";
const LINES = ["line_new", "line_do", "line_by"];
const NOT_TEXT = new Set(["csrfmiddlewaretoken", "version", "action", "ref_q"]);

const form = document.querySelector("form[data-draft]");
if (form) keepDraft(form);

// The page that shows two versions carries the text itself; once it is sent, the copy is old.
const both = document.querySelector("form[data-draft-both]");
both?.addEventListener("submit", () => {
  try { localStorage.removeItem(both.dataset.draftBoth); } catch { /* nothing was kept */ }
});

function keepDraft(form) {
  const key = form.dataset.key;
  const icons = document.getElementById("missing").dataset.icons;
  const places = [...document.querySelectorAll("[data-saved], [data-saved-copy]")];
  let saved = typed();
  let proposal = [form.dataset.lineNew, form.dataset.lineDo, form.dataset.lineBy];
  let timer = 0;
  let running = null;   // the save under way, as a promise
  let busy = 0;         // htmx requests of this form under way
  let stopped = false;  // the server waits for a decision: nothing is sent by itself

  // What the page says now, without files and without what belongs to the request.
  function fields() {
    const data = new FormData(form);
    return [...data.entries()].filter(([name, value]) => typeof value === "string" && !NOT_TEXT.has(name));
  }
  function typed() { return JSON.stringify(fields()); }
  function version() { return document.getElementById("id_version").value; }
  function setVersion(value) { document.getElementById("id_version").value = value; }

  function say(text, tone) {
    for (const place of places) {
      const words = place.querySelector("span") || place;
      if (words.textContent !== text) words.textContent = text;
      if (!place.hasAttribute("data-saved")) continue;
      place.classList.toggle("saved-ok", tone === "ok");
      place.classList.toggle("saved-bad", tone === "bad");
    }
  }

  // ---- What is not saved lies in the browser ---------------------------------------------------

  function remember() {
    try {
      localStorage.setItem(key, JSON.stringify({ version: version(), fields: fields(), at: Date.now() }));
    } catch { /* a full or forbidden store: the page itself still holds the text */ }
  }
  function forget() {
    try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
  }

  function putBack() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key) || "null"); } catch { return; }
    if (!kept || !Array.isArray(kept.fields)) return;
    if (JSON.stringify(kept.fields) === typed()) { forget(); return; }
    const names = new Set([...form.elements].map((control) => control.name));
    const values = new Map();
    for (const [name, value] of kept.fields) {
      if (!names.has(name)) continue;
      values.set(name, [...(values.get(name) || []), value]);
    }
    for (const control of form.elements) {
      const given = values.get(control.name);
      if (control.type === "checkbox" || control.type === "radio") {
        if (given) control.checked = given.includes(control.value);
        else if (control.type === "checkbox" && control.name.startsWith("q-")) control.checked = false;
      } else if (given && control.type !== "file" && control.name !== "ref-count" && control.name !== "q-count") {
        control.value = given[0];
      }
    }
    // The version of that text: when somebody saved since, the server shows both.
    setVersion(kept.version);
    say("นำสิ่งที่พิมพ์ค้างไว้ในเครื่องกลับมาแล้ว", "");
    schedule(0);
  }

  // ---- Saving ----------------------------------------------------------------------------------

  function schedule(delay = QUIET) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  function save() {
    clearTimeout(timer);
    if (running) return running.then(() => (typed() === saved ? null : save()));
    if (stopped || busy || typed() === saved) return Promise.resolve();
    running = send().finally(() => { running = null; });
    return running;
  }

  async function send() {
    const now = typed();
    const body = new URLSearchParams(fields());
    body.set("version", version());
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    let response;
    try {
      response = await fetch(form.dataset.saveUrl, { method: "POST", body, credentials: "same-origin" });
    } catch {
      return failed(KEPT_WORDS);
    }
    const isAnswer = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (!isAnswer) {
      if (response.redirected || response.status === 401) return stop(SIGNED_OUT_WORDS);
      if (response.status === 403) return stop(EXPIRED_WORDS);
      return failed(KEPT_WORDS);
    }
    const answer = await response.json();
    if (answer.differs) return offerBoth();
    if (!response.ok) return stop(answer.problem);
    return accepted(answer, now);
  }

  function failed(text) {
    remember();
    say(text, "bad");
    schedule(RETRY);
  }

  function stop(text) {
    stopped = true;
    remember();
    say(text, "bad");
  }

  function offerBoth() {
    stop(BOTH_WORDS);
    const place = document.querySelector("[data-saved]");
    if (place.parentNode.querySelector("[data-both]")) return;
    const button = document.createElement("button");
    button.type = "submit";
    button.className = "btn btn-primary btn-wide";
    button.dataset.both = "";
    button.setAttribute("form", form.id);
    button.name = "action";
    button.value = "save";
    button.textContent = "ดูทั้งสองฉบับแล้วเลือก";
    place.after(button);
  }

  function accepted(answer, now) {
    setVersion(answer.version);
    saved = now;
    const title = document.querySelector("h1");
    title.textContent = form.elements.subject.value.trim().slice(0, 160) || title.textContent;
    showErrors(answer.errors);
    showMissing(answer.missing);
    propose(answer.proposal);
    const wrong = Object.keys(answer.errors).length > 0;
    if (wrong || typed() !== now) remember();
    else forget();
    say(wrong ? `${answer.saved_text} เว้นช่องที่มีข้อความสีแดง` : answer.saved_text, wrong ? "bad" : "ok");
    if (typed() !== now) schedule();
  }

  // ---- What the answer changes on the page -----------------------------------------------------

  function showErrors(errors) {
    for (const shown of form.querySelectorAll("[data-said]")) {
      shown.closest(".field")?.classList.remove("field-wrong");
      shown.remove();
    }
    for (const [name, text] of Object.entries(errors)) {
      const control = form.elements[name];
      const field = control?.closest?.(".field");
      if (!field || field.querySelector(".field-error")) continue;
      const line = document.createElement("p");
      line.className = "field-error";
      line.dataset.said = "";
      const words = document.createElement("span");
      words.textContent = text;
      line.append(drawIcon(`${icons}#circle-alert`), words);
      field.classList.add("field-wrong");
      control.before(line);
    }
  }

  function showMissing(missing) {
    const list = document.getElementById("missing");
    list.replaceChildren(...missing.map((one) => {
      const row = document.createElement("li");
      const link = document.createElement("a");
      link.href = one.url;
      link.textContent = one.text;
      row.append(drawIcon(`${icons}#circle-alert`), link);
      return row;
    }));
    document.getElementById("missing-title").textContent = missing.length ? "ยังขาด" : "ครบแล้ว พร้อมส่ง";
  }

  function drawIcon(href) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon icon-20");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", href);
    svg.append(use);
    return svg;
  }

  // A line nobody wrote follows the proposal; one that somebody wrote is left alone.
  function propose(lines) {
    LINES.forEach((name, index) => {
      const control = form.elements[name];
      if (!control) return; // a school's letter has no three lines
      const isOurs = control.value === "" || control.value === proposal[index];
      if (isOurs && document.activeElement !== control) control.value = lines[index];
    });
    proposal = lines;
  }

  // ---- When ------------------------------------------------------------------------------------

  form.addEventListener("input", (event) => {
    if (event.target.type === "file" || event.target.name === "ref_q") return;
    remember();
    schedule();
  });
  form.addEventListener("change", (event) => {
    if (event.target.type !== "file" && event.target.name !== "ref_q") schedule();
  });
  window.addEventListener("online", () => schedule(0));
  document.addEventListener("visibilitychange", () => { if (document.hidden && typed() !== saved) save(); });

  // Another deed of this page waits for the save under way, so that it carries the right version.
  let sendingWhole = false;
  form.addEventListener("submit", (event) => {
    if (sendingWhole) { event.preventDefault(); return; }
    if (!running) {
      clearTimeout(timer);
      remember();
      sendingWhole = true;
      setTimeout(() => { sendingWhole = false; }, RETRY);
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    running.then(() => form.requestSubmit(button));
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) sendingWhole = false; });

  form.addEventListener("htmx:confirm", (event) => {
    if (!running || event.detail.verb === "get") return;
    event.preventDefault();
    running.then(() => event.detail.issueRequest(true));
  });
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb === "get") return;
    busy += 1;
    clearTimeout(timer);
    if (event.target.type === "file") say("กำลังแนบไฟล์…", "");
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig.verb === "get") return;
    busy = Math.max(0, busy - 1);
    const status = event.detail.xhr?.status || 0;
    if (status === 409) offerBoth();
    else if (!event.detail.successful && status !== 422) failed(KEPT_WORDS);
  });
  form.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.verb === "get") return;
    focusNewRow(event.detail.requestConfig?.elt?.value);
    say("", "");
    saved = "";
    schedule(0);
  });

  // A row that was asked for is the next thing to be typed.
  function focusNewRow(action) {
    const names = { "q:add": '#questions [name$="-label"]', "ref:add": '#references [name$="-text"]' };
    const rows = names[action] ? form.querySelectorAll(names[action]) : [];
    if (rows.length) rows[rows.length - 1].focus();
  }

  for (const button of form.querySelectorAll("[data-fill-due]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      form.elements.due_on.value = button.dataset.fillDue;
      form.elements.due_time.value = button.dataset.fillTime;
      schedule(0);
    });
  }

  // A link that shows what was saved opens after the save.
  for (const link of form.querySelectorAll("[data-after-save]")) {
    link.addEventListener("click", (event) => {
      if (typed() === saved && !running) return;
      event.preventDefault();
      const page = window.open("about:blank", "_blank");
      save().then(() => { if (page) page.location.replace(link.href); else window.location.assign(link.href); });
    });
  }

  document.querySelector("form[data-discard]")?.addEventListener("submit", () => { stopped = true; forget(); });

  putBack();
}
