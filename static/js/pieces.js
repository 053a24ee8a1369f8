// A file goes to the server in pieces (tus 1.0) and goes on where the line broke: after a pause,
// after the page was closed, from another window. Photographs are made smaller on the phone first.

const PLACE = "/files/incoming/";
const KILOBYTE = 1024;
const SMALLEST = 32 * KILOBYTE;
const USUAL = 256 * KILOBYTE;
const LARGEST = 1024 * KILOBYTE;
const QUICK = 1500;
const WAITS = [500, 1000, 2000, 5000, 10000];
const LONG_SIDE = 1600;
const QUALITY = 0.82;
const SMALL_PICTURE = 400 * KILOBYTE;
const SAMPLE = 16 * KILOBYTE;

export class Refused extends Error {}
export class SignedOut extends Error {}

export function token() {
  const said = document.body.getAttribute("hx-headers");
  return said ? JSON.parse(said)["X-CSRFToken"] : "";
}

// ---- Photographs ---------------------------------------------------------------------------------

// Drawn anew, upright, at most 1600 pixels long: nothing of the camera (place, time, model) is left.
// Whatever goes wrong, the file as it was is sent, and the server draws it anew.
export async function shrink(file) {
  if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type)) return file;
  let bitmap = null;
  try {
    bitmap = await drawable(file);
    const scale = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
    if (scale === 1 && file.size <= SMALL_PICTURE) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    const brush = canvas.getContext("2d");
    brush.fillStyle = "#fff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
    canvas.width = 0;
    if (!blob || blob.type !== "image/jpeg" || blob.size >= file.size) return file;
    const name = `${file.name.replace(/\.[^.]*$/, "")}.jpg`;
    return new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified });
  } catch {
    return file;
  } finally {
    bitmap?.close?.();
  }
}

// A data: address, because the house's policy lets no page show a blob: one.
function dataAddress(file) {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result));
    reader.addEventListener("error", () => fail(reader.error));
    reader.readAsDataURL(file);
  });
}

async function drawable(file) {
  if (window.createImageBitmap) {
    try { return await createImageBitmap(file, { imageOrientation: "from-image" }); } catch { /* the older way */ }
  }
  const picture = new Image();
  picture.src = await dataAddress(file);
  await picture.decode();
  return picture;
}

// ---- Pieces --------------------------------------------------------------------------------------

// The same file again is known by its name, size and time, and by samples of its bytes.
async function keyOf(file) {
  const places = [0, Math.max(0, Math.floor(file.size / 2) - SAMPLE), Math.max(0, file.size - SAMPLE)];
  let sum = 0x811c9dc5;
  for (const place of places) {
    for (const byte of new Uint8Array(await file.slice(place, place + SAMPLE).arrayBuffer())) {
      sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
    }
  }
  for (const byte of new TextEncoder().encode(file.name)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return `${sum.toString(16)}-${file.size}-${file.lastModified}`;
}

function said(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

async function ask(method, url, headers, body) {
  const response = await fetch(url, {
    method, body, redirect: "manual", credentials: "same-origin",
    headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": token(), ...headers },
  });
  if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) throw new SignedOut();
  if (response.status === 409 && response.headers.has("Upload-Offset")) return response;
  if (response.status === 400 && method === "PATCH") throw new TypeError("a broken piece");
  if ([400, 409, 413, 415, 422, 507].includes(response.status)) {
    const answer = await response.json().catch(() => ({}));
    throw new Refused(answer.problem || "");
  }
  return response;
}

function online(wait, signal) {
  return new Promise((done) => {
    const timer = setTimeout(go, wait);
    function go() {
      clearTimeout(timer);
      window.removeEventListener("online", go);
      signal.removeEventListener("abort", go);
      done();
    }
    window.addEventListener("online", go);
    signal.addEventListener("abort", go);
  });
}

// Send the file; `told(bytes, isWaiting)` hears how far it is. Gives its id on the server. It never
// gives up by itself: only a refusal, a lost sign-in or `signal` end it.
export async function send(file, { told, signal }) {
  const key = await keyOf(file);
  let place = "";
  let at = 0;
  let length = USUAL;
  let failures = 0;
  for (;;) {
    if (signal.aborted) throw new DOMException("", "AbortError");
    try {
      if (!place) {
        const begun = await ask("POST", PLACE, {
          "Upload-Length": String(file.size),
          "Upload-Metadata": `filename ${said(file.name)},key ${said(key)}`,
        });
        if (begun.status !== 201) throw new TypeError("no place");
        place = begun.headers.get("Location");
        at = Number(begun.headers.get("Upload-Offset"));
      } else {
        const began = Date.now();
        const piece = await file.slice(at, at + length).arrayBuffer();
        const answer = await ask("PATCH", place, {
          "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at),
        }, piece);
        if (answer.status === 404) { place = ""; continue; }
        if (answer.status !== 204 && answer.status !== 409) throw new TypeError("no answer");
        at = Number(answer.headers.get("Upload-Offset"));
        if (Date.now() - began < QUICK) length = Math.min(LARGEST, length * 2);
      }
      failures = 0;
      told(at, false);
      if (at >= file.size) return place.split("/").filter(Boolean).pop();
    } catch (error) {
      if (error instanceof Refused || error instanceof SignedOut || error.name === "NotReadableError" || error.name === "NotFoundError") throw error;
      length = Math.max(SMALLEST, length / 2);
      told(at, true);
      await online(WAITS[Math.min(failures, WAITS.length - 1)], signal);
      failures += 1;
      place = "";
    }
  }
}

// Take a file back that no form is going to bring.
export function takeBack(id) {
  ask("DELETE", `${PLACE}${id}/`, {}).catch(() => { /* swept within a day */ });
}
