// The picker of recipients: a search while typing never loses what was ticked meanwhile, and Enter
// searches instead of sending the page. Without this file the buttons do the same, page by page.

function searchOf(button) {
  return button.closest("fieldset")?.querySelector("[data-audience-search]");
}

function search(input) {
  if (window.htmx) window.htmx.trigger(input, "search");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-audience-look]");
  const input = button && searchOf(button);
  if (!input || !window.htmx) return;
  event.preventDefault();
  search(input);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-audience-search]") || !window.htmx) return;
  event.preventDefault();
  search(event.target);
});

document.addEventListener("change", (event) => {
  const part = event.target.closest("details.audience-part");
  const words = part?.querySelector("summary [data-audience-chosen]");
  if (!words) return;
  const count = part.querySelectorAll("input[type=checkbox]:checked").length;
  words.textContent = count ? `เลือก ${count}` : "";
});

// What is ticked in a long list when the answer comes, not when it was asked for, is the truth.
const ticked = new WeakMap();

document.addEventListener("htmx:beforeSwap", (event) => {
  const place = event.detail.target;
  if (!place.matches?.("[data-audience-options]")) return;
  const rows = new Map();
  for (const box of place.querySelectorAll("input:checked")) rows.set(box.value, box.closest("label"));
  ticked.set(place, rows);
});

document.addEventListener("htmx:afterSwap", (event) => {
  const place = event.detail.target;
  const rows = ticked.get(place);
  if (!rows) return;
  ticked.delete(place);
  for (const box of place.querySelectorAll("input[type=checkbox]")) {
    box.checked = rows.has(box.value);
    rows.delete(box.value);
  }
  const list = place.querySelector(".choices");
  for (const row of rows.values()) list ? list.prepend(row) : place.prepend(row);
});
