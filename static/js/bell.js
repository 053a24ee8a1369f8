// The bell asks every minute how many notifications are unread. A hidden tab asks nothing; the
// moment it is shown again it asks, if a minute has passed. Without this file the bell still
// tells the truth of the moment at which the page was made.

const EVERY = 60000;

let askedAt = Date.now();
let turn = 0;

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-bell]");
  const bell = document.querySelector("[data-bell]");
  if (!fresh || !bell || bell.getAttribute("aria-label") === fresh.getAttribute("aria-label")) return;
  bell.setAttribute("aria-label", fresh.getAttribute("aria-label"));
  bell.replaceChildren(...fresh.childNodes);
}

async function ask() {
  askedAt = Date.now();
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  try {
    // no-cache: the browser asks with the ETag it has, and takes its own copy after a 304.
    const answer = await fetch(bell.dataset.bell, { cache: "no-cache", redirect: "manual" });
    if (answer.type === "opaqueredirect") {
      clearInterval(turn); // signed out meanwhile
      return;
    }
    if (answer.ok) show(await answer.text());
  } catch {
    // The line is gone; the next turn asks again.
  }
}

if (document.querySelector("[data-bell]")) {
  turn = setInterval(() => { if (!document.hidden) ask(); }, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - askedAt >= EVERY) ask();
  });
}
