/* A list that is put in order by dragging or by its arrows, kept as soon as something is dropped. Without scripts the
   arrows send the form. */

import { all, announce, one, send } from "./dom.js";

export default function order(form) {
  const list = one("ol", form);
  let held = null;

  const items = () => all("[data-order-item]", list);

  function number() {
    const last = items().length - 1;
    items().forEach((item, place) => {
      one("[data-order-place]", item).textContent = place + 1;
      for (const button of all("[data-order-move]", item)) button.disabled = place === (button.dataset.orderMove === "1" ? last : 0);
    });
  }

  async function keep() {
    number();
    const body = new FormData();
    for (const item of items()) body.append("item", one("input[name=item]", item).value);
    const response = await send(form.action, body).catch(() => null);
    if (!response || !response.ok) location.reload();
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-order-move]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("[data-order-item]");
    const up = button.dataset.orderMove === "-1";
    const other = up ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (up) other.before(item);
    else other.after(item);
    keep();
    (button.disabled ? one("[data-order-move]:not(:disabled)", item) : button)?.focus();
    announce(`${form.dataset.moved.replace("#", one(".pack__name .strong, .pack__name b", item)?.textContent ?? "")} ${items().indexOf(item) + 1}`);
  });

  list.addEventListener("dragstart", (event) => {
    held = event.target.closest("[data-order-item]");
    if (!held) return;
    held.dataset.held = "";
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-order-item]");
    if (!held || !over) return;
    event.preventDefault();
    if (over === held) return;
    const edge = over.getBoundingClientRect();
    if (event.clientY < edge.top + edge.height / 2) over.before(held);
    else over.after(held);
  });
  list.addEventListener("drop", (event) => { if (held) event.preventDefault(); });
  list.addEventListener("dragend", () => {
    if (!held) return;
    delete held.dataset.held;
    held = null;
    keep();
  });
}
