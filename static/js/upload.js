// Tell at once what the server would say only after a long upload. An improvement only: the server
// checks everything again, and without this file it is the server that says it.
// <input type="file" accept=".pdf" data-max-bytes="52428800">

const MEGABYTE = 1024 * 1024;
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

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || !input.dataset.maxBytes) return;
  const endings = (input.accept || "").split(",").map((part) => part.trim().toLowerCase()).filter((part) => part.startsWith("."));
  const problems = [...input.files].map((file) => problemOf(file, Number(input.dataset.maxBytes), endings));
  input.setCustomValidity(problems.find(Boolean) || "");
  input.reportValidity();
});
