// Keeps what is typed: saves it a moment after the last key, one request at a time, and lays what
// is not saved yet into localStorage. A page gives it the fields and what to do with the answers.

const QUIET = 1500;
const RETRY = 5000;
const WORDS = {
  kept: "สัญญาณขาด สิ่งที่พิมพ์ยังอยู่ในเครื่อง จะส่งเองเมื่อมีสัญญาณ",
  signedOut: "ออกจากระบบแล้ว สิ่งที่พิมพ์ยังอยู่ในเครื่อง เข้าสู่ระบบแล้วเปิดหน้านี้อีกครั้ง",
  expired: "หน้านี้เปิดไว้นานเกินไป สิ่งที่พิมพ์ยังอยู่ในเครื่อง เปิดหน้านี้ใหม่แล้วจะบันทึกต่อให้",
  busy: "กำลังส่งสิ่งก่อนหน้านี้ เสร็จแล้วกดอีกครั้ง",
  back: "นำสิ่งที่พิมพ์ค้างไว้ในเครื่องกลับมาแล้ว",
};

export function forget(key) {
  try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
}

// The page that shows two versions carries the text itself; once one is chosen, the copy is old.
export function forgetWhenChosen() {
  const form = document.querySelector("form[data-both]");
  if (!form) return;
  const key = form.dataset.both;
  form.addEventListener("submit", () => forget(key));
  form.querySelector("[data-forget]")?.addEventListener("click", () => forget(key));
}

// What is typed in a form: no files, and nothing of `besides`, which belongs to the request.
export function typedIn(form, besides) {
  return [...new FormData(form).entries()].filter(([name, value]) => typeof value === "string" && !besides.has(name));
}

function firstProblem(answer) { return Object.values(answer.errors || {})[0] || ""; }

export async function ask(url, fields, token) {
  const body = new URLSearchParams(fields);
  body.set("csrfmiddlewaretoken", token);
  return fetch(url, { method: "POST", body, credentials: "same-origin" });
}

// typed() gives [[name, value], …]; accepted(answer) is told what a save said, differs() that
// another page was faster; wrong(answer) says what could not be saved, if anything.
export function keeper({ form, typed, accepted, differs, wrong = firstProblem }) {
  const { key, saveUrl: url } = form.dataset;
  const places = [...document.querySelectorAll("[data-saved], [data-saved-copy]")];
  const version = () => form.elements.version;  // looked up each time: an answer may bring a new one
  let saved = JSON.stringify(typed());
  let timer = 0;
  let running = null;   // the save under way, as a promise
  let held = 0;         // other requests that change the version are under way
  let stopped = false;  // the server waits for a decision: nothing is sent by itself
  let leaving = false;
  let isWrong = false;  // the server took the rest; what it did not take lies only here

  const now = () => JSON.stringify(typed());

  function say(text, tone) {
    for (const place of places) {
      const words = place.querySelector("span") || place;
      if (words.textContent !== text) words.textContent = text;
      if (!place.hasAttribute("data-saved")) continue;
      place.classList.toggle("saved-ok", tone === "ok");
      place.classList.toggle("saved-bad", tone === "bad");
    }
  }

  function remember() {
    try {
      localStorage.setItem(key, JSON.stringify({ version: version().value, fields: typed() }));
    } catch { /* a full or forbidden store: the page itself still holds the text */ }
  }

  // What lay in this browser, when it differs from the page: [[name, value], …], or null. The
  // version of that text comes back with it, so that the server shows both if there are two.
  function recall() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(key) || "null"); } catch { return null; }
    if (!kept || !Array.isArray(kept.fields)) return null;
    if (JSON.stringify(kept.fields) === now()) { forget(key); return null; }
    version().value = kept.version;
    say(WORDS.back, "");
    return kept.fields;
  }

  function schedule(delay = QUIET) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  // Promises whether everything that was typed when it was asked is saved.
  function save() {
    clearTimeout(timer);
    if (running) return running.then(save);
    if (now() === saved) return Promise.resolve(true);
    if (stopped || leaving || held) return Promise.resolve(false);
    running = send().finally(() => { running = null; });
    return running;
  }

  async function send() {
    const sent = now();
    let response;
    try {
      response = await ask(url, [...typed(), ["version", version().value]], form.elements.csrfmiddlewaretoken.value);
    } catch {
      return failed();
    }
    if (!(response.headers.get("Content-Type") || "").startsWith("application/json")) {
      if (response.redirected || response.status === 401) return stop(WORDS.signedOut);
      if (response.status === 403) return stop(WORDS.expired);
      return failed();
    }
    const answer = await response.json();
    if (answer.differs) { differs(); return stop(answer.problem); }
    if (!response.ok) { remember(); say(answer.problem, "bad"); return false; }
    version().value = answer.version;
    saved = sent;
    accepted(answer);
    const problem = wrong(answer);
    isWrong = Boolean(problem);
    if (isWrong || now() !== sent) { remember(); } else { forget(key); }
    say(problem || answer.saved_text, isWrong ? "bad" : "ok");
    if (now() !== sent) schedule();
    return true;
  }

  function failed() {
    remember();
    say(WORDS.kept, "bad");
    schedule(RETRY);
    return false;
  }

  function stop(text) {
    stopped = true;
    remember();
    say(text, "bad");
    return false;
  }

  // Leaving a field tells of the same text once more; what is saved needs no copy here.
  function touched() {
    if (!running && !isWrong && now() === saved) { clearTimeout(timer); forget(key); return; }
    remember();
    schedule();
  }

  window.addEventListener("online", () => schedule(0));
  document.addEventListener("visibilitychange", () => { if (document.hidden && now() !== saved) save(); });

  // A button of the page waits for the save under way, so that it carries the right version.
  form.addEventListener("submit", (event) => {
    if (leaving) { event.preventDefault(); return; }
    if (running) {
      event.preventDefault();
      const button = event.submitter;
      running.then(() => form.requestSubmit(button));
      return;
    }
    clearTimeout(timer);
    leaving = true;
    setTimeout(() => { leaving = false; }, RETRY);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });

  // A link that shows what was saved opens after the save; what could not be saved is not shown.
  for (const link of document.querySelectorAll("[data-after-save]")) {
    link.addEventListener("click", (event) => {
      if (now() === saved && !running) return;
      event.preventDefault();
      if (stopped) return;   // the server waits for a decision, which the page asks for
      if (held) { say(WORDS.busy, ""); return; }
      const page = link.target ? window.open("about:blank", "_blank") : null;
      save().then((isSaved) => {
        if (isSaved) (page || window).location.assign(link.href);
        else page?.close();   // why is said beside what was typed
      });
    });
  }

  // Two versions: the form itself leads to the page that shows both.
  function offerBoth(put = (button) => form.prepend(button)) {
    if (document.querySelector("[data-show-both]")) return;
    const button = document.createElement("button");
    button.type = "submit";
    button.className = "btn btn-primary";
    button.dataset.showBoth = "";
    button.setAttribute("form", form.id);
    button.textContent = "ดูทั้งสองฉบับแล้วเลือก";
    put(button);
  }

  // What stands on the page now counts as saved: the same content, shown in another form.
  function settle() { saved = now(); }

  // What stands on the page was never saved.
  function reopen() { saved = ""; }

  // Until it is released, nothing is saved beside another request of the page.
  function hold() { held += 1; clearTimeout(timer); }
  function release() { held = Math.max(0, held - 1); }

  // What is typed here is thrown away.
  function drop() { stopped = true; forget(key); }

  return {
    touched, settle, reopen, save, schedule, recall, say, offerBoth, failed, stop, drop, hold, release,
    isClean: () => now() === saved,
    underWay: () => running,
  };
}
