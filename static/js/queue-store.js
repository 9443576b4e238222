/* What is still to be sent outlives a reload: the queue lies in IndexedDB, each file with its bytes where they are not too
   many, with the browser's handle for it where it gave one, else with its name alone. One database for each person; those
   of others who used this browser are removed. Only one page at a time keeps the queue. */

const EACH = 100e6;
const ALL = 1e9;
const NAME = "upload-";

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** The store of this person's queue, or null where the browser keeps none or another page has it. */
export async function openStore(person) {
  if (!globalThis.indexedDB || !navigator.locks) return null;
  const mine = await new Promise((resolve) => {
    navigator.locks.request(NAME + person, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock && new Promise(() => {}); // held until the page goes
    });
  });
  if (!mine) return null;
  try {
    for (const { name } of (await indexedDB.databases?.()) ?? []) {
      if (name.startsWith(NAME) && name !== NAME + person) indexedDB.deleteDatabase(name);
    }
    const opening = indexedDB.open(NAME + person, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files", { keyPath: "key" });
    return store(await done(opening));
  } catch {
    return null;
  }
}

function store(database) {
  const files = (mode) => database.transaction("files", mode).objectStore("files");
  let kept = 0;

  return {
    /** Everything that was still to be sent, in its order. */
    async all() {
      const rows = await done(files("readonly").getAll());
      kept = rows.reduce((sum, row) => sum + (row.file?.size ?? 0), 0);
      return rows.sort((a, b) => a.order - b.order);
    },

    /** Keep a file of the queue; answers whether it can be sent after a reload without being chosen again. */
    async keep({ key, order, file, name, path, size, modified, tried }) {
      const handle = file.handle ?? null;
      const row = { key, order, name, path, size, modified, tried, handle };
      if (size <= EACH && kept + size <= ALL) {
        try {
          kept += size;
          await done(files("readwrite").put({ ...row, file }));
          return true;
        } catch { /* No room: only its name is kept. */ }
      }
      await done(files("readwrite").put(row)).catch(() => {});
      return false;
    },

    /** Remember that it was sent once: should nobody hear the answer, the next try says so. */
    tried(key) {
      const rows = files("readwrite");
      const found = rows.get(key);
      found.onsuccess = () => found.result && rows.put({ ...found.result, tried: true });
    },

    forget(key) {
      return done(files("readwrite").delete(key)).catch(() => {});
    },
  };
}

/** The file behind a handle. Asks the person where the browser wants that; only right after a press. */
export async function fileBehind(handle, ask) {
  const right = { mode: "read" };
  let state = await handle.queryPermission(right);
  if (state !== "granted" && ask) state = await handle.requestPermission(right);
  return state === "granted" ? handle.getFile() : null;
}
