/* The upload queue: two files at a time, progress for each and for all, pause, stop, try again. What is still to be sent
   survives a reload (queue-store.js); what the server has received carries on without this page (upload-received.js). */

import { csrf, one } from "./dom.js";
import { fileBehind, openStore } from "./queue-store.js";
import { size } from "./upload-parts.js";
import { receivedRows } from "./upload-received.js";
import { addRow, howFar, setState } from "./upload-row.js";
import { showTotal } from "./upload-total.js";

const AT_ONCE = 2;
const PAUSED = "upload-paused";
const DIED = [502, 504]; // a proxy's answers where a web process ended in the middle

export default async function upload(root) {
  const texts = JSON.parse(root.dataset.texts);
  const pause = one("[data-upload-pause]", root);
  const jobs = [];
  let paused = sessionStorage.getItem(PAUSED) !== null;
  let held = false;
  let began = 0;
  let orders = Date.now();
  let store = null;
  const received = receivedRows(root, texts, total);

  root.addEventListener("files", (event) => {
    event.preventDefault();
    add(event.detail);
  });

  /* Taking files in */

  function add(files) {
    show();
    for (const file of files) {
      const path = file.webkitRelativePath || file.path || "";
      const lost = jobs.find((item) => item.state === "lost" && item.name === file.name && item.size === file.size && (!path || !item.path || item.path === path));
      if (lost) {
        lost.file = file;
        set(lost, "waiting");
      } else jobs.push(job({ key: crypto.randomUUID(), order: orders++, file, name: file.name, path, size: file.size, modified: file.lastModified, tried: false }));
    }
    total();
    next();
  }

  function show() {
    one("[data-upload-list]", root).hidden = false;
    one(".filedrop--big", root)?.classList.remove("filedrop--big");
  }

  /** What was still to be sent when the page was left. */
  async function restore() {
    const left = await store?.all().catch(() => []) ?? [];
    if (left.length) show();
    for (const row of left) {
      const file = row.file ?? (row.handle && await fileBehind(row.handle, false).catch(() => null));
      jobs.push(job({ ...row, file, stored: Boolean(row.file) }));
    }
    if (left.length) {
      paint();
      total();
      next();
    }
  }

  function job(item) {
    Object.assign(item, { row: addRow(root, item), state: "waiting", sent: 0, request: null, began: 0 });
    one("[data-again]", item.row).addEventListener("click", () => retry([item]));
    one("[data-out]", item.row).addEventListener("click", () => { drop(item); next(); });
    if (item.size > Number(root.dataset.limit)) refuse(item, texts.large.replace("{limit}", size(Number(root.dataset.limit))));
    else if (item.size === 0) refuse(item, texts.empty);
    else if (item.file) {
      set(item, "waiting");
      if (!item.stored) store?.keep(item).then((safe) => { item.stored = safe; });
    } else set(item, "lost");
    return item;
  }

  function refuse(item, sentence) {
    set(item, "refused", sentence);
    store?.forget(item.key);
  }

  function set(item, state, sentence = "") {
    setState(item, state, sentence || (state === "waiting" && paused ? texts.paused : texts[state]) || "");
  }

  /* Sending */

  function next() {
    if (paused || held) return;
    for (;;) {
      const free = AT_ONCE - jobs.filter((item) => item.state === "sending").length;
      const item = free > 0 && jobs.find((each) => each.state === "waiting");
      if (!item) return;
      send(item);
    }
  }

  function send(item) {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", item.file, item.name);
    if (item.tried) body.append("again", "1");
    item.tried = true;
    store?.tried(item.key);
    item.request = request;
    item.began = Date.now();
    began ||= item.began;
    request.open("POST", root.dataset.url);
    for (const [name, value] of Object.entries({ "X-CSRFToken": csrf(), Accept: "application/json", "X-Fragment": "row" })) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      item.sent = Math.min(event.loaded, item.size);
      set(item, "sending", howFar(item, texts));
      later();
    });
    request.addEventListener("load", () => answered(item, request));
    request.addEventListener("error", () => broken(item));
    set(item, "sending", howFar(item, texts));
    request.send(body);
  }

  function broken(item) {
    // A file that was changed or moved since it was chosen cannot be read any more.
    if (navigator.onLine) {
      item.file.slice(0, 1).arrayBuffer().then(
        () => failed(item, texts.failed),
        () => { item.file = null; set(item, "lost"); },
      ).finally(() => { total(); next(); });
    } else {
      set(item, "waiting", texts.offline);
      held = true;
      total();
    }
  }

  /** Once more by itself, by another web process: it knows the file where it was received after all. */
  function failed(item, sentence) {
    set(item, item.repeated ? "failed" : "waiting", item.repeated ? sentence : "");
    item.repeated = true;
  }

  function answered(item, request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch { /* Not JSON: said below by the status alone. */ }
    const status = answer.problem ?? request.status;
    if (answer.row) {
      item.sent = item.size;
      item.state = "taken";
      store?.forget(item.key);
      received.receive(item, answer.row);
    } else if (status === 429) {
      const wait = Number(request.getResponseHeader("Retry-After")) || 30;
      set(item, "waiting", answer.detail ?? "");
      held = true;
      setTimeout(() => { held = false; next(); }, wait * 1000);
    } else if (DIED.includes(status)) {
      failed(item, texts.failed);
    } else if (status >= 500 || status === 0 || status === 401 || status === 403) {
      set(item, "failed", answer.detail ?? texts.failed);
    } else {
      refuse(item, answer.detail ?? texts.failed);
    }
    total();
    next();
  }

  async function retry(items) {
    for (const item of items) {
      if (!item.file && item.handle) item.file = await fileBehind(item.handle, true).catch(() => null);
      if (item.file) set(item, "waiting");
    }
    total();
    next();
  }

  function drop(item) {
    item.request?.abort();
    item.row.remove();
    store?.forget(item.key);
    jobs.splice(jobs.indexOf(item), 1);
    total();
  }

  /* All together */

  let soon = 0;
  function later() {
    soon ||= setTimeout(() => { soon = 0; total(); }, 200);
  }

  function total() {
    showTotal(root, texts, jobs, { paused, began });
    received.narrow();
  }

  function paint() {
    for (const item of jobs) if (item.state === "waiting") set(item, "waiting");
  }

  pause.addEventListener("click", () => {
    paused = !paused;
    if (paused) sessionStorage.setItem(PAUSED, "");
    else sessionStorage.removeItem(PAUSED);
    // A file cannot be half received: what is on its way starts again.
    for (const item of jobs) {
      if (item.state !== "sending" || !paused) continue;
      item.request.abort();
      set(item, "waiting");
    }
    began = 0;
    paint();
    total();
    next();
  });
  one("[data-upload-stop]", root).addEventListener("click", () => {
    for (const item of jobs.filter((each) => ["waiting", "sending"].includes(each.state))) drop(item);
  });
  one("[data-upload-again]", root).addEventListener("click", () => retry(jobs.filter((item) => item.state === "failed")));
  addEventListener("online", () => { held = false; next(); });
  addEventListener("beforeunload", (event) => {
    if (jobs.some((item) => ["waiting", "sending"].includes(item.state) && !item.stored)) event.preventDefault();
  });

  store = await openStore(root.dataset.person);
  const early = [...jobs];
  await restore();
  for (const item of early) if (item.file && item.state !== "taken") item.stored = await store?.keep(item);
  root.dataset.restored = "";
}
