// A letter's draft keeps itself (keeping.js), also when the line, the session or the page is lost.
// Here stands what only a draft has: what is missing, the three lines, rows that htmx adds. Without
// this script the page saves with its button.
import { forgetWhenChosen, keeper, typedIn } from "./keeping.js";

const BOTH_WORDS = "มีคนแก้หน้านี้พร้อมกัน";
const LINES = ["line_new", "line_do", "line_by"];
const NOT_TEXT = new Set(["csrfmiddlewaretoken", "version", "action", "ref_q", "in_pieces"]);
const COUNTS = new Set(["ref-count", "q-count"]);

const form = document.querySelector("form[data-draft]");
if (form) keepDraft(form);
forgetWhenChosen();

function keepDraft(form) {
  const icons = document.getElementById("missing").dataset.icons;
  let proposal = [form.dataset.lineNew, form.dataset.lineDo, form.dataset.lineBy];

  const typed = () => typedIn(form, NOT_TEXT);

  const keep = keeper({
    form,
    typed,
    accepted: (answer) => {
      const title = document.querySelector("h1");
      title.textContent = form.elements.subject.value.trim().slice(0, 160) || title.textContent;
      showErrors(answer.errors);
      showMissing(answer.missing);
      propose(answer.proposal);
    },
    wrong: ({ errors, saved_text: words }) => (Object.keys(errors).length ? `${words} เว้นช่องที่มีข้อความสีแดง` : ""),
    differs: offerBoth,
  });

  function offerBoth() {
    keep.offerBoth((button) => {
      button.classList.add("btn-wide");
      document.querySelector("[data-saved]").after(button);
    });
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

  for (const deed of ["input", "change"]) {
    form.addEventListener(deed, (event) => {
      if (event.target.type !== "file" && event.target.name !== "ref_q") keep.touched();
    });
  }

  form.addEventListener("htmx:confirm", (event) => {
    if (!keep.underWay() || event.detail.verb === "get") return;
    event.preventDefault();
    keep.underWay().then(() => event.detail.issueRequest(true));
  });
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb === "get") return;
    keep.hold();
    if (event.target.type === "file") keep.say("กำลังแนบไฟล์…", "");
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig.verb === "get") return;
    keep.release();
    const status = event.detail.xhr?.status || 0;
    if (status === 409) { keep.stop(BOTH_WORDS); offerBoth(); }
    else if (!event.detail.successful && status !== 422) keep.failed();
  });
  form.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.verb === "get") return;
    focusNewRow(event.detail.requestConfig?.elt?.value);
    keep.say("", "");
    keep.reopen();
    keep.schedule(0);
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
      keep.schedule(0);
    });
  }

  document.querySelector("form[data-discard]")?.addEventListener("submit", () => keep.drop());

  const kept = keep.recall();
  if (kept) {
    for (const control of form.elements) {
      const given = kept.filter(([name]) => name === control.name).map(([, value]) => value);
      if (control.type === "checkbox" || control.type === "radio") {
        if (given.length) control.checked = given.includes(control.value);
        else if (control.type === "checkbox" && control.name.startsWith("q-")) control.checked = false;
      } else if (given.length && control.type !== "file" && !COUNTS.has(control.name)) {
        control.value = given[0];
      }
    }
    keep.schedule(0);
  }
}
