/* Small parts of the upload page: rows, meters, sizes and times. */

import { one } from "./dom.js";

/** A table row from the server's own markup. */
export function parse(markup) {
  const holder = document.createElement("template");
  holder.innerHTML = markup.trim();
  return holder.content.firstElementChild;
}

export function fill(meter, share) {
  const percent = Math.round(share * 100);
  one(".meter__part", meter).style.setProperty("--p", percent);
  meter.setAttribute("aria-valuenow", String(percent));
}

export function size(bytes) {
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

export function time(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return `${Math.round(seconds / 60)} min`;
}
