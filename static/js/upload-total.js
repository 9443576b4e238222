/* What all files of the queue come to: how many and how much has been received, what is left to do about the others. */

import { announce, one } from "./dom.js";
import { fill, size, time } from "./upload-parts.js";

const SOME = 6;

/** Paint it; `began` is when sending began (milliseconds), 0 while nothing is sent. */
export function showTotal(root, texts, jobs, { paused, began }) {
  const counted = jobs.filter((item) => item.state !== "refused");
  const sum = (value) => counted.reduce((all, item) => all + value(item), 0);
  const bytes = sum((item) => item.size);
  const sent = sum((item) => (item.state === "taken" ? item.size : item.sent));
  const taken = counted.filter((item) => item.state === "taken").length;
  const open = counted.some((item) => ["waiting", "sending"].includes(item.state));
  const seconds = (Date.now() - began) / 1000;
  const left = !paused && began && seconds > 3 && sent ? (bytes - sent) / (sent / seconds) : 0;
  one("[data-upload-total]", root).hidden = counted.length === 0;
  one("[data-upload-files]", root).textContent = texts.files.replace("{done}", taken).replace("{all}", counted.length);
  one("[data-upload-bytes]", root).textContent = [
    texts.bytes.replace("{done}", size(sent)).replace("{all}", size(bytes)),
    left > 2 && open ? texts.left.replace("{time}", time(left)) : "",
  ].filter(Boolean).join(" · ");
  fill(one("[data-upload-meter]", root), bytes ? sent / bytes : 0);
  const pause = one("[data-upload-pause]", root);
  pause.hidden = one("[data-upload-stop]", root).hidden = !open;
  pause.textContent = paused ? texts.resume : texts.pause;
  one("[data-upload-again]", root).hidden = !jobs.some((item) => item.state === "failed");
  showLost(root, texts, counted.filter((item) => item.state === "lost").map((item) => item.path || item.name));
  if (!open && taken && taken === counted.length && root.dataset.said !== String(taken)) {
    root.dataset.said = String(taken);
    announce(texts.done);
  }
}

/** The files that must be chosen again, by their names. */
function showLost(root, texts, names) {
  const note = one("[data-upload-lost]", root);
  note.hidden = !names.length;
  if (!names.length) return;
  const some = names.slice(0, SOME).join(", ") + (names.length > SOME ? " …" : "");
  one("[data-upload-lost-text]", note).textContent = texts.lostMany.replace("{count}", names.length).replace("{names}", some);
}
