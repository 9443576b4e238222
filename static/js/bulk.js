/* Choosing several: one box for all, a bar that appears with the first, shift for a range. */

import { all, one } from "./dom.js";

/* What was chosen, by the block's id: it stays chosen when more is shown in place. */
const kept = new Map();

export default function bulk(element) {
  const bar = one("[data-bulk-bar]", element);
  const whole = one("[data-bulk-all]", element);
  const items = () => all("[data-bulk-item]", element);
  let last = null;

  function update() {
    const values = items().filter((item) => item.checked).map((item) => item.value);
    const chosen = values.length;
    if (element.id) kept.set(element.id, new Set(values));
    if (bar) {
      bar.hidden = chosen === 0;
      one("[data-bulk-count]", bar).textContent = chosen === 1 ? bar.dataset.one : bar.dataset.many.replace("#", chosen);
    }
    if (whole) {
      whole.checked = chosen > 0 && chosen === items().length;
      whole.indeterminate = chosen > 0 && chosen < items().length;
    }
  }

  element.addEventListener("click", (event) => {
    const item = event.target.closest("[data-bulk-item]");
    if (item && event.shiftKey && last) {
      const list = items();
      const [from, to] = [list.indexOf(last), list.indexOf(item)].sort((a, b) => a - b);
      for (const between of list.slice(from, to + 1)) between.checked = item.checked;
    }
    if (item) last = item;
    if (event.target.closest("[data-bulk-clear]")) for (const each of items()) each.checked = false;
    update();
  });
  element.addEventListener("change", (event) => {
    if (event.target === whole) for (const item of items()) item.checked = whole.checked;
    update();
  });
  for (const item of items()) if (kept.get(element.id)?.has(item.value)) item.checked = true;
  update();
}
