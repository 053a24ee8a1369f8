// Say at once what the server would say only after a long upload. An improvement only: the server
// looks at everything again, and without this file it is the server that says it.
// <input type="file" accept=".pdf" data-max-bytes="52428800">

const MEGABYTE = 1024 * 1024;
const SVG = "http://www.w3.org/2000/svg";
const NAMES = { doc: "Word", docx: "Word", xls: "Excel", xlsx: "Excel", ppt: "PowerPoint", pptx: "PowerPoint" };

function megabytes(size) {
  return `${(size / MEGABYTE).toFixed(1).replace(/\.0$/, "")} MB`;
}

function problemOf(file, most, endings) {
  if (file.size === 0) return `“${file.name}” ว่างเปล่า เปิดดูไฟล์ในเครื่องก่อน แล้วแนบใหม่`;
  if (file.size > most) return `“${file.name}” ใหญ่ ${megabytes(file.size)} รับได้ไม่เกิน ${megabytes(most)}`;
  const ending = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
  if (!ending || !endings.length || endings.includes(`.${ending}`)) return "";
  if (NAMES[ending] && endings.join() === ".pdf") return `ไฟล์นี้เป็น ${NAMES[ending]} ใช้ PDF เท่านั้น วิธีทำ: แฟ้ม › บันทึกเป็น › PDF`;
  return `“${file.name}” ใช้ที่นี่ไม่ได้ ใช้ไฟล์ที่ลงท้ายว่า ${endings.join(" ")}`;
}

function drawIcon(sprite) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon icon-20");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#circle-alert`);
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
    if (place.dataset.fileIcon) line.append(drawIcon(place.dataset.fileIcon));
    line.append(text);
    place.before(line);
  }
}

// Before anybody else hears of the choice: what cannot be taken is taken out of it.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || !input.dataset.maxBytes) return;
  const endings = (input.accept || "").split(",").map((part) => part.trim().toLowerCase()).filter((part) => part.startsWith("."));
  const good = new DataTransfer();
  const problems = [];
  for (const file of input.files) {
    const problem = problemOf(file, Number(input.dataset.maxBytes), endings);
    if (problem) problems.push(problem);
    else good.items.add(file);
  }
  show(input, problems);
  if (!problems.length) return;
  input.files = good.files;
  if (!good.files.length) event.stopImmediatePropagation();
}, true);
