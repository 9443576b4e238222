/* Files and whole folders, dropped or chosen. Where a queue listens (upload.js) it gets them as a "files" event; else they
   go into the file field and the form is sent. */

import { one } from "./dom.js";

export default function filedrop(element) {
  const input = one("input[type=file]", element);
  const hint = one("[data-filedrop-hint]", element);

  /** Whether a queue took them. */
  function offer(files) {
    const event = new CustomEvent("files", { bubbles: true, cancelable: true, detail: files });
    const taken = !element.dispatchEvent(event);
    if (taken) input.value = "";
    return taken;
  }

  function hand(files) {
    if (!files.length || offer(files)) return;
    if (input.files.length === 0) {
      const carried = new DataTransfer();
      for (const file of input.multiple ? files : files.slice(0, 1)) carried.items.add(file);
      input.files = carried.files;
    }
    hint.textContent = files.map((file) => file.name).join(", ");
    input.form?.requestSubmit();
  }

  one("[data-filedrop-choose]", element)?.addEventListener("click", () => {
    input.webkitdirectory = false;
    input.click();
  });
  one("[data-filedrop-folder]", element)?.addEventListener("click", () => {
    input.webkitdirectory = true;
    input.click();
  });
  input.addEventListener("change", () => hand([...input.files]));
  // Chosen before this script was there.
  if (input.files.length) offer([...input.files]);

  let over = 0;
  const mark = (change) => {
    over = Math.max(0, over + change);
    element.classList.toggle("filedrop--over", over > 0);
  };
  element.addEventListener("dragenter", (event) => { event.preventDefault(); mark(1); });
  element.addEventListener("dragleave", () => mark(-1));
  element.addEventListener("dragover", (event) => event.preventDefault());
  element.addEventListener("drop", async (event) => {
    event.preventDefault();
    mark(-over);
    input.value = "";
    hand(await dropped(event.dataTransfer));
  });
}

/** All files in what was dropped, folders opened; hidden files left out. */
async function dropped(transfer) {
  // All three are only to be had while the event lasts.
  const handles = [...transfer.items].map((item) => item.getAsFileSystemHandle?.());
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...transfer.files];
  const opened = (await Promise.all(handles).catch(() => [])).filter(Boolean);
  const found = opened.length ? await Promise.all(opened.map((handle) => open(handle))) : await Promise.all(entries.map(walk));
  return (found.length ? found.flat() : plain).filter((file) => !file.name.startsWith("."));
}

/** A file remembers the browser's handle, with which it can be read again after a reload. */
async function open(handle, folder = "") {
  if (handle.kind === "file") {
    const file = await handle.getFile();
    return [Object.assign(file, { handle, path: folder && folder + file.name })];
  }
  const inside = [];
  for await (const each of handle.values()) inside.push(...await open(each, `${folder}${handle.name}/`));
  return inside;
}

async function walk(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const inside = [];
  // A reader hands out a hundred at a time.
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map(walk))).flat();
}
