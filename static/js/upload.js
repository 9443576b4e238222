/* The upload queue: two files at a time, progress for each and for all, pause, stop, try again. What is still to be sent
   survives a reload (queue-store.js); what the server has received carries on without this page, and its rows are asked
   for until they are done. */

import { bind } from "./app.js";
import { all, announce, csrf, fetchRest, one, send as post } from "./dom.js";
import { fileBehind, openStore } from "./queue-store.js";
import { say } from "./toast.js";
import { fill, parse, size, time } from "./upload-parts.js";

const AT_ONCE = 2;
const ASK_EVERY = 1500;
const PAUSED = "upload-paused";

export default async function upload(root) {
  const texts = JSON.parse(root.dataset.texts);
  const rows = one("[data-upload-rows]", root);
  const pause = one("[data-upload-pause]", root);
  const stop = one("[data-upload-stop]", root);
  const again = one("[data-upload-again]", root);
  const jobs = [];
  let paused = sessionStorage.getItem(PAUSED) !== null;
  let held = false;
  let began = 0;
  let orders = Date.now();
  let store = null;

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
      if (lost) found(lost, file);
      else jobs.push(job({ key: crypto.randomUUID(), order: orders++, file, name: file.name, path, size: file.size, modified: file.lastModified, tried: false }));
    }
    total();
    next();
  }

  function found(item, file) {
    item.file = file;
    set(item, "waiting");
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
    const row = one("[data-upload-blank]", root).content.firstElementChild.cloneNode(true);
    Object.assign(item, { row, state: "waiting", sent: 0, request: null, began: 0 });
    one("[data-name]", row).textContent = item.name;
    one("[data-size]", row).textContent = [item.path, size(item.size)].filter(Boolean).join(" · ");
    one("[data-again]", row).addEventListener("click", () => retry([item]));
    one("[data-out]", row).addEventListener("click", () => { drop(item); next(); });
    rows.prepend(row);
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
    const bad = ["failed", "refused"].includes(state);
    item.state = state;
    item.row.dataset.kind = bad ? "bad" : state === "lost" ? "asks" : "busy";
    const line = one("[data-state]", item.row);
    line.textContent = sentence || (state === "waiting" && paused ? texts.paused : texts[state]) || "";
    line.classList.toggle("bad", bad);
    line.classList.toggle("warn", state === "lost");
    one(".meter__part", item.row).classList.toggle("meter__part--bad", bad);
    one("[data-again]", item.row).hidden = state !== "failed" && !(state === "lost" && item.handle);
    if (state === "waiting") item.sent = 0;
    fill(one(".meter", item.row), bad ? 1 : item.sent / Math.max(item.size, 1));
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
      set(item, "sending", sending(item));
      later();
    });
    request.addEventListener("load", () => received(item, request));
    request.addEventListener("error", () => broken(item));
    set(item, "sending", sending(item));
    request.send(body);
  }

  function sending(item) {
    const seconds = (Date.now() - item.began) / 1000;
    const left = item.sent && seconds > 2 ? (item.size - item.sent) / (item.sent / seconds) : 0;
    const line = texts.sending.replace("{done}", size(item.sent)).replace("{all}", size(item.size));
    return left > 2 ? `${line} · ${texts.left.replace("{time}", time(left))}` : line;
  }

  function broken(item) {
    // A file that was changed or moved since it was chosen cannot be read any more.
    if (navigator.onLine) {
      item.file.slice(0, 1).arrayBuffer().then(
        () => set(item, "failed", texts.failed),
        () => { item.file = null; set(item, "lost"); },
      ).finally(() => { total(); next(); });
    } else {
      set(item, "waiting", texts.offline);
      held = true;
      total();
    }
  }

  function received(item, request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch { /* Not JSON: said below by the status alone. */ }
    const status = answer.problem ?? request.status;
    if (answer.row) {
      item.sent = item.size;
      item.state = "taken";
      store?.forget(item.key);
      const fresh = parse(answer.row);
      one(`[data-upload-row="${CSS.escape(fresh.dataset.uploadRow)}"]`, rows)?.remove();
      item.row.replaceWith(fresh);
      item.row = fresh;
      bind(fresh);
      ask();
    } else if (status === 429) {
      const wait = Number(request.getResponseHeader("Retry-After")) || 30;
      set(item, "waiting", answer.detail ?? "");
      held = true;
      setTimeout(() => { held = false; next(); }, wait * 1000);
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
    const counted = jobs.filter((item) => item.state !== "refused");
    const sum = (items, value) => items.reduce((all, item) => all + value(item), 0);
    const bytes = sum(counted, (item) => item.size);
    const sent = sum(counted, (item) => (item.state === "taken" ? item.size : item.sent));
    const taken = counted.filter((item) => item.state === "taken").length;
    const open = counted.filter((item) => ["waiting", "sending"].includes(item.state));
    const lost = counted.filter((item) => item.state === "lost");
    const seconds = (Date.now() - began) / 1000;
    const left = !paused && began && seconds > 3 && sent ? (bytes - sent) / (sent / seconds) : 0;
    one("[data-upload-total]", root).hidden = counted.length === 0;
    one("[data-upload-files]", root).textContent = texts.files.replace("{done}", taken).replace("{all}", counted.length);
    one("[data-upload-bytes]", root).textContent = [texts.bytes.replace("{done}", size(sent)).replace("{all}", size(bytes)), left > 2 && open.length ? texts.left.replace("{time}", time(left)) : ""].filter(Boolean).join(" · ");
    fill(one("[data-upload-meter]", root), bytes ? sent / bytes : 0);
    pause.hidden = stop.hidden = !open.length;
    pause.textContent = paused ? texts.resume : texts.pause;
    again.hidden = !jobs.some((item) => item.state === "failed");
    const note = one("[data-upload-lost]", root);
    note.hidden = !lost.length;
    if (lost.length) {
      const names = lost.map((item) => item.path || item.name);
      one("[data-upload-lost-text]", note).textContent = texts.lostMany.replace("{count}", lost.length).replace("{names}", names.slice(0, 6).join(", ") + (names.length > 6 ? " …" : ""));
    }
    narrow();
    if (!open.length && counted.length && taken === counted.length && root.dataset.said !== String(taken)) {
      root.dataset.said = String(taken);
      announce(texts.done);
    }
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
  stop.addEventListener("click", () => {
    for (const item of jobs.filter((each) => ["waiting", "sending"].includes(each.state))) drop(item);
  });
  again.addEventListener("click", () => retry(jobs.filter((item) => item.state === "failed")));
  addEventListener("online", () => { held = false; next(); });
  addEventListener("beforeunload", (event) => {
    if (jobs.some((item) => ["waiting", "sending"].includes(item.state) && !item.stored)) event.preventDefault();
  });

  /* What the server has */

  let asking = false;
  async function ask() {
    if (asking) return;
    asking = true;
    for (;;) {
      const ids = all("[data-upload-busy]", rows).map((row) => row.dataset.uploadRow).slice(0, 250);
      if (!ids.length) break;
      const wait = ASK_EVERY * (1 + ids.length / 50) * (document.hidden ? 4 : 1);
      await new Promise((resolve) => { setTimeout(resolve, wait); });
      await refresh(ids);
    }
    asking = false;
    total();
  }

  async function refresh(ids) {
    const response = await fetch(`${root.dataset.state}?ids=${ids.join(",")}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (response?.ok) for (const item of (await response.json()).items) put(item);
    narrow();
  }

  function put(item) {
    const old = one(`[data-upload-row="${CSS.escape(String(item.id))}"]`, rows);
    if (!old || old.contains(document.activeElement)) return;
    const fresh = parse(item.row);
    if (one("[data-bulk-item]", old)?.checked) one("[data-bulk-item]", fresh).checked = true;
    old.replaceWith(fresh);
    bind(fresh);
  }

  // What the content suggests is taken without leaving the page.
  rows.addEventListener("click", async (event) => {
    const take = event.target.closest("[data-take]");
    if (!take) return;
    event.preventDefault();
    const row = take.closest("tr");
    take.disabled = true;
    const answer = await post(take.dataset.take).catch(() => null);
    if (!answer?.ok) return say(texts.notTaken, { kind: "error" });
    one("[data-bulk-item]", row)?.focus();
    document.activeElement?.blur();
    await refresh([row.dataset.uploadRow]);
    one(`[data-upload-row="${CSS.escape(row.dataset.uploadRow)}"] [data-bulk-item]`, rows)?.focus();
  });

  /* The list narrowed to what asks for something */

  const filters = all("[data-upload-filter]", root);
  let wanted = "";
  function narrow() {
    const found = all("tr", rows);
    for (const filter of filters) {
      const kind = filter.dataset.uploadFilter;
      const count = kind ? found.filter((row) => row.dataset.kind === kind).length : found.length;
      one("[data-count]", filter).textContent = count;
      filter.setAttribute("aria-pressed", String(kind === wanted));
    }
    for (const row of found) row.hidden = Boolean(wanted) && row.dataset.kind !== wanted;
  }
  for (const filter of filters) {
    filter.addEventListener("click", () => { wanted = filter.dataset.uploadFilter; narrow(); });
  }
  await fetchRest(rows);
  await bind(rows);
  narrow();
  ask();
  store = await openStore(root.dataset.person);
  const early = [...jobs];
  await restore();
  for (const item of early) if (item.file && item.state !== "taken") item.stored = await store?.keep(item);
  root.dataset.restored = "";
}
