/* The upload queue: two files at a time, progress for each and for all, pause, stop, try again. What the server has
   received carries on without this page; its state is asked for until it is done. */

import { bind } from "./app.js";
import { all, announce, csrf, icon, make, one, send } from "./dom.js";
import { say } from "./toast.js";

const AT_ONCE = 2;
const ASK_EVERY = 1500;
const REACHED = { received: 1, reading: 1, failed: 1, previews: 2, searchable: 3, live: 5 };

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
    const row = one("[data-upload-row-blank]", root).content.firstElementChild.cloneNode(true);
    const item = { file, row, state: "waiting", sent: 0, request: null, began: 0 };
    slot(row, "title").textContent = file.name;
    slot(row, "sub").textContent = [file.webkitRelativePath, size(file.size)].filter(Boolean).join(" · ");
    rows.prepend(row);
    if (file.size > Number(root.dataset.limit)) set(item, "refused", texts.large.replace("{limit}", size(Number(root.dataset.limit))));
    else if (file.size === 0) set(item, "refused", texts.empty);
    else set(item, "waiting");
    return item;
  }

  function set(item, state, sentence = "") {
    item.state = state;
    if (state === "waiting") item.sent = 0;
    const bad = state === "failed" || state === "refused";
    tell(item.row, sentence || texts[state] || "", bad ? "bad" : "");
    mark(item.row, state === "sending" ? ["now"] : bad ? ["failed"] : []);
    const acts = [];
    if (state === "failed") acts.push(act(texts.resume, () => { set(item, "waiting"); next(); }));
    acts.push(act(texts.out, () => drop(item), true));
    if (state !== item.shown) slot(item.row, "acts").replaceChildren(...acts);
    item.shown = state;
    total();
  }

  function next() {
    if (paused) return;
    while (jobs.filter((item) => item.state === "sending").length < AT_ONCE) {
      const item = jobs.find((each) => each.state === "waiting");
      if (!item) return;
      post(item);
    }
  }

  function post(item) {
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
    request.addEventListener("load", () => answered(item, request));
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

  function answered(item, request) {
    const answer = parse(request.responseText);
    if (request.status === 201) {
      take(item, answer);
    } else if (request.status === 409 && answer.duplicate) {
      item.state = "asks";
      known(item, answer);
    } else if (request.status >= 500 || request.status === 429 || request.status === 0) {
      set(item, "failed", answer.detail ?? texts.failed);
    } else {
      set(item, "refused", answer.detail ?? texts.failed);
    }
    total();
    next();
  }

  function take(item, answer) {
    item.state = "taken";
    item.sent = item.file.size;
    paint(item.row, answer, texts);
    remember();
    ask();
  }

  /** The very same file is here: a new version of that asset, an asset of its own, or nothing. */
  function known(item, answer) {
    const [first] = answer.duplicate;
    const link = make("a", "", first.title);
    link.href = first.url;
    const [before, after] = texts.here.split("{title}");
    tell(item.row, "", "warn");
    slot(item.row, "state").append(before, link, after);
    mark(item.row, ["done", "done", "done", "asks"]);
    const keep = async (asset) => {
      const body = new FormData();
      body.append("receipt", answer.receipt);
      if (asset) body.append("asset", asset);
      const response = await send(root.dataset.kept, body).catch(() => null);
      if (response?.status === 201) take(item, await response.json());
      else say(parse(await response?.text()).detail ?? texts.failed, { kind: "error" });
      total();
    };
    slot(item.row, "acts").replaceChildren(
      act(texts.version, () => keep(first.asset)),
      act(texts.apart, () => keep(null)),
      act(texts.out, () => drop(item), true),
    );
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
    const arrived = (item) => item.state === "taken" || item.state === "asks";
    const bytes = counted.reduce((sum, item) => sum + item.file.size, 0);
    const sent = counted.reduce((sum, item) => sum + (arrived(item) ? item.file.size : item.sent), 0);
    const taken = counted.filter(arrived).length;
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

  /** The address names what was received, so that a reload shows it again. */
  function remember() {
    const ids = all("[data-upload-row]", rows).map((row) => row.dataset.uploadRow).filter(Boolean).slice(0, 200);
    const url = new URL(location.href);
    url.search = ids.length ? `?ids=${ids.join(",")}` : "";
    history.replaceState(null, "", url);
    const back = one("[data-upload-back]", root);
    if (back) back.value = url.pathname + url.search;
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
      const busy = all("[data-upload-busy]", rows);
      if (!busy.length) break;
      await new Promise((resolve) => { setTimeout(resolve, document.hidden ? ASK_EVERY * 4 : ASK_EVERY); });
      const ids = busy.slice(0, 100).map((row) => row.dataset.uploadRow).join(",");
      const response = await fetch(`${root.dataset.state}?ids=${ids}`, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!response?.ok) continue;
      for (const state of (await response.json()).items) {
        const row = one(`[data-upload-row="${CSS.escape(String(state.version))}"]`, rows);
        if (row) paint(row, state, texts);
      }
    }
    asking = false;
  }

  function act(text, action, quiet = false) {
    const button = make("button", quiet ? "button button--small button--quiet" : "button button--small", text);
    button.type = "button";
    button.addEventListener("click", action);
    return button;
  }

  ask();
  bind(rows);
}

const slot = (row, name) => one(`[data-slot="${name}"]`, row);

function tell(row, sentence, tone) {
  const line = slot(row, "state");
  line.className = tone ? `queue__state ${tone}` : "queue__state";
  line.textContent = sentence;
}

/** What each of the five steps has come to. */
function mark(row, states) {
  [...slot(row, "steps").children].forEach((step, number) => {
    step.className = states[number] ? `steps__step steps__step--${states[number]}` : "steps__step";
  });
}

/** A row as the server describes the file; the same as assets/_upload_row.html says. */
function paint(row, file, texts) {
  row.dataset.uploadRow = file.version;
  row.toggleAttribute("data-upload-busy", !file.done);
  const pick = slot(row, "pick");
  pick.disabled = false;
  pick.value = file.asset;
  pick.setAttribute("aria-label", texts.select.replace("{title}", file.title));
  const title = slot(row, "title");
  title.textContent = file.title;
  title.href = file.url;
  const pages = file.pages ? (file.pages === 1 ? texts.page : texts.pages.replace("{n}", file.pages)) : "";
  slot(row, "sub").textContent = [file.filename, pages, size(file.bytes)].filter(Boolean).join(" · ");
  if (file.preview && !one("img", slot(row, "picture"))) {
    const image = make("img");
    image.src = file.preview;
    image.alt = "";
    slot(row, "picture").replaceChildren(make("span", "picture picture--frame picture--thumb-mid", image));
  }
  const reached = REACHED[file.step] ?? 0;
  const states = Array.from({ length: 5 }, (_, number) => (number < reached ? "done" : ""));
  if (reached < 5 && file.step !== "received") states[reached] = file.step === "failed" ? "failed" : "now";
  mark(row, states);
  const sentence = {
    failed: file.error,
    live: texts[file.status] ?? texts.draft,
    previews: file.pages ? texts.previews.replace("{done}", file.previews).replace("{all}", file.pages) : texts.previewing,
  }[file.step] ?? texts[file.step] ?? "";
  tell(row, sentence, { failed: "bad", live: "ok" }[file.step] ?? "");
  slot(row, "note").textContent = file.preview_missing ?? "";
  const acts = slot(row, "acts");
  if (!one(`a[href="${CSS.escape(file.edit_url)}"]`, acts)) {
    const link = make("a", "button button--small", [icon("edit", "small"), texts.describe]);
    link.href = file.edit_url;
    acts.replaceChildren(link);
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
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
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits })} ${units[unit]}`;
}

function time(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
