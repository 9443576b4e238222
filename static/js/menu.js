/* A <details> menu: closes on Escape, on a click elsewhere and when focus leaves; arrow keys move inside. */

import { all, one } from "./dom.js";

const ITEMS = "a[href], button:not([disabled]), input:not([type=hidden])";

export default function menu(details) {
  const summary = one("summary", details);
  const close = (focus) => {
    details.open = false;
    if (focus) summary.focus();
  };
  document.addEventListener("click", (event) => {
    if (details.open && !details.contains(event.target)) close(false);
  });
  details.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !details.contains(event.relatedTarget)) close(false);
  });
  details.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && details.open) {
      event.stopPropagation();
      close(true);
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    details.open = true;
    const items = all(ITEMS, one(".menu__body", details));
    const at = items.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length;
    items[next]?.focus();
  });
}
