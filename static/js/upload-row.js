/* One file of the queue as its row shows it until the server's own row takes its place. */

import { one } from "./dom.js";
import { fill, size, time } from "./upload-parts.js";

/** A row for the file, at the top of the list. */
export function addRow(root, item) {
  const row = one("[data-upload-blank]", root).content.firstElementChild.cloneNode(true);
  one("[data-name]", row).textContent = item.name;
  one("[data-size]", row).textContent = [item.path, size(item.size)].filter(Boolean).join(" · ");
  one("[data-upload-rows]", root).prepend(row);
  return row;
}

/** The file is now in this state: waiting, sending, lost (its bytes are not here), failed (try again) or refused. */
export function setState(item, state, sentence) {
  const bad = ["failed", "refused"].includes(state);
  item.state = state;
  item.row.dataset.kind = bad ? "bad" : state === "lost" ? "asks" : "busy";
  const line = one("[data-state]", item.row);
  line.textContent = sentence;
  line.classList.toggle("bad", bad);
  line.classList.toggle("warn", state === "lost");
  one(".meter__part", item.row).classList.toggle("meter__part--bad", bad);
  one("[data-again]", item.row).hidden = state !== "failed" && !(state === "lost" && item.handle);
  if (state === "waiting") item.sent = 0;
  fill(one(".meter", item.row), bad ? 1 : item.sent / Math.max(item.size, 1));
}

/** How much of it has gone, and how long the rest takes once that can be told. */
export function howFar(item, texts) {
  const seconds = (Date.now() - item.began) / 1000;
  const left = item.sent && seconds > 2 ? (item.size - item.sent) / (item.sent / seconds) : 0;
  const line = texts.sending.replace("{done}", size(item.sent)).replace("{all}", size(item.size));
  return left > 2 ? `${line} · ${texts.left.replace("{time}", time(left))}` : line;
}
