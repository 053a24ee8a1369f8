// Files that were chosen but not sent yet lie in this browser (IndexedDB), by the form they belong
// to: a closed page loses no photograph. Signing out takes the whole shelf away (portal.js).

const NAME = "portal";
const FILES = "files";

function open() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => { asked.result.createObjectStore(FILES, { keyPath: "id" }).createIndex("form", "form"); };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
    asked.onblocked = () => failed(new Error("blocked"));
  });
}

// A full, forbidden or missing store: the page itself still holds the file.
async function work(mode, deed) {
  let shelf = null;
  try {
    shelf = await open();
    return await new Promise((done, failed) => {
      const turn = shelf.transaction(FILES, mode);
      const asked = deed(turn.objectStore(FILES));
      turn.oncomplete = () => done(asked?.result);
      turn.onabort = () => failed(turn.error);
    });
  } catch {
    return null;
  } finally {
    shelf?.close();
  }
}

export function put(row) { return work("readwrite", (files) => files.put(row)); }

export function drop(id) { return work("readwrite", (files) => files.delete(id)); }

export async function rowsOf(form) {
  return (await work("readonly", (files) => files.index("form").getAll(form))) || [];
}

// What belongs to another version of the same form was sent or given up.
export async function dropOthers(start, form) {
  const rows = (await work("readonly", (files) => files.getAll())) || [];
  for (const row of rows) if (row.form.startsWith(start) && row.form !== form) await drop(row.id);
}
