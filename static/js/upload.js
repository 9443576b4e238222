/* The upload queue: two files at a time, progress for each and for all, pause, stop, try again. What the server has
   received carries on without this page; its rows are asked for until they are done. */

import { bind } from "./app.js";
import { all, announce, csrf, one } from "./dom.js";

const AT_ONCE = 2;
const ASK_EVERY = 1500;

export default function upload(root) {
  const texts = JSON.parse(root.dataset.texts);
  const rows = one("[data-upload-rows]", root);
  const pause = one("[data-upload-pause]", root);
  const stop = one("[data-upload-stop]", root);
  const jobs = [];
  let paused = false;

  root.addEventListener("files", (event) => {
    event.preventDefault();
    one("[data-upload-list]", root).hidden = false;
    one(".filedrop--big", root)?.classList.remove("filedrop--big");
    for (const file of event.detail) jobs.push(job(file));
    next();
  });

  function job(file) {
    const row = one("[data-upload-blank]", root).content.firstElementChild.cloneNode(true);
    const made = { file, row, state: "waiting", sent: 0, request: null, began: 0 };
    one("[data-name]", row).textContent = file.name;
    one("[data-size]", row).textContent = [file.webkitRelativePath, size(file.size)].filter(Boolean).join(" · ");
    one("[data-again]", row).addEventListener("click", () => { set(made, "waiting"); next(); });
    one("[data-out]", row).addEventListener("click", () => drop(made));
    rows.prepend(row);
    if (file.size > Number(root.dataset.limit)) set(made, "refused", texts.large.replace("{limit}", size(Number(root.dataset.limit))));
    else if (file.size === 0) set(made, "refused", texts.empty);
    else set(made, "waiting");
    return made;
  }

  function set(item, state, sentence = "") {
    const bad = state === "failed" || state === "refused";
    item.state = state;
    const line = one("[data-state]", item.row);
    line.textContent = sentence || texts[state] || "";
    line.classList.toggle("bad", bad);
    one(".meter__part", item.row).classList.toggle("meter__part--bad", bad);
    one("[data-again]", item.row).hidden = state !== "failed";
    if (state === "waiting") item.sent = 0;
    fill(one(".meter", item.row), bad ? 1 : item.sent / Math.max(item.file.size, 1));
    total();
  }

  function next() {
    if (paused) return;
    while (jobs.filter((item) => item.state === "sending").length < AT_ONCE) {
      const item = jobs.find((each) => each.state === "waiting");
      if (!item) return;
      send(item);
    }
  }

  function send(item) {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", item.file, item.file.name);
    item.request = request;
    item.began = Date.now();
    request.open("POST", root.dataset.url);
    request.setRequestHeader("X-CSRFToken", csrf());
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      item.sent = Math.min(event.loaded, item.file.size);
      set(item, "sending", sending(item));
    });
    request.addEventListener("load", () => received(item, request));
    request.addEventListener("error", () => { set(item, "failed", texts.failed); next(); });
    set(item, "sending", sending(item));
    request.send(body);
  }

  function sending(item) {
    const seconds = (Date.now() - item.began) / 1000;
    const left = item.sent && seconds > 2 ? (item.file.size - item.sent) / (item.sent / seconds) : 0;
    const line = texts.sending.replace("{done}", size(item.sent)).replace("{all}", size(item.file.size));
    return left > 2 ? `${line} · ${texts.left.replace("{time}", time(left))}` : line;
  }

  function received(item, request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch { /* Not JSON: said below by the status alone. */ }
    if (answer.row) {
      item.sent = item.file.size;
      item.state = "taken";
      const fresh = parse(answer.row);
      one(`[data-upload-row="${CSS.escape(fresh.dataset.uploadRow)}"]`, rows)?.remove();
      item.row.replaceWith(fresh);
      item.row = fresh;
      bind(fresh);
      ask();
    } else if (request.status >= 500 || request.status === 0 || request.status === 429) {
      set(item, "failed", answer.detail ?? texts.failed);
    } else {
      set(item, "refused", answer.detail ?? texts.failed);
    }
    total();
    next();
  }

  function drop(item) {
    item.request?.abort();
    item.row.remove();
    jobs.splice(jobs.indexOf(item), 1);
    total();
    next();
  }

  function total() {
    const counted = jobs.filter((item) => item.state !== "refused");
    const bytes = counted.reduce((sum, item) => sum + item.file.size, 0);
    const sent = counted.reduce((sum, item) => sum + (item.state === "taken" ? item.file.size : item.sent), 0);
    const taken = counted.filter((item) => item.state === "taken").length;
    const left = counted.some((item) => item.state === "waiting" || item.state === "sending");
    one("[data-upload-total]", root).hidden = counted.length === 0;
    one("[data-upload-files]", root).textContent = texts.files.replace("{done}", taken).replace("{all}", counted.length);
    one("[data-upload-bytes]", root).textContent = texts.bytes.replace("{done}", size(sent)).replace("{all}", size(bytes));
    fill(one("[data-upload-meter]", root), bytes ? sent / bytes : 0);
    pause.hidden = stop.hidden = !left;
    if (!left && counted.length && taken === counted.length && root.dataset.said !== String(taken)) {
      root.dataset.said = String(taken);
      announce(texts.done);
    }
  }

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? texts.resume : texts.pause;
    // A file cannot be half received: what is on its way starts again.
    for (const item of jobs) {
      if (item.state !== "sending" || !paused) continue;
      item.request.abort();
      set(item, "waiting", texts.paused);
    }
    next();
  });
  stop.addEventListener("click", () => {
    for (const item of jobs.filter((each) => each.state === "waiting" || each.state === "sending")) drop(item);
  });
  addEventListener("beforeunload", (event) => {
    if (jobs.some((item) => item.state === "waiting" || item.state === "sending")) event.preventDefault();
  });

  let asking = false;
  async function ask() {
    if (asking) return;
    asking = true;
    for (;;) {
      const ids = all("[data-upload-busy]", rows).map((row) => row.dataset.uploadRow);
      if (!ids.length) break;
      await new Promise((resolve) => { setTimeout(resolve, document.hidden ? ASK_EVERY * 4 : ASK_EVERY); });
      const response = await fetch(`${root.dataset.state}?ids=${ids.slice(0, 100).join(",")}`, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!response?.ok) continue;
      for (const item of (await response.json()).items) show(item);
    }
    asking = false;
  }

  function show(item) {
    const old = one(`[data-upload-row="${CSS.escape(String(item.id))}"]`, rows);
    if (!old || old.contains(document.activeElement)) return;
    const fresh = parse(item.row);
    const chosen = one("[data-bulk-item]", old)?.checked;
    if (chosen) one("[data-bulk-item]", fresh).checked = true;
    old.replaceWith(fresh);
    bind(fresh);
  }

  ask();
}

/** A table row from the server's own markup. */
function parse(markup) {
  const holder = document.createElement("template");
  holder.innerHTML = markup.trim();
  return holder.content.firstElementChild;
}

function fill(meter, share) {
  const percent = Math.round(share * 100);
  one(".meter__part", meter).style.setProperty("--p", percent);
  meter.setAttribute("aria-valuenow", String(percent));
}

function size(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 1 && value < 10 ? 1 : 0;
  return `${value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits })} ${units[unit]}`;
}

function time(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return `${Math.round(seconds / 60)} min`;
}
