/* Native dialogs: data-opens="ID" opens, data-closes closes, a click on the veil closes. */

import { one } from "./dom.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (!opener || event.ctrlKey || event.metaKey) return;
  const dialog = one(`#${CSS.escape(opener.dataset.opens)}`);
  if (!dialog?.showModal) return;
  event.preventDefault();
  opener.closest("details.menu")?.removeAttribute("open");
  dialog.showModal();
});

export default function dialog(element) {
  element.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes]")) element.close();
    if (event.target !== element) return;
    const edge = element.getBoundingClientRect();
    const inside = event.clientX >= edge.left && event.clientX <= edge.right && event.clientY >= edge.top && event.clientY <= edge.bottom;
    if (!inside) element.close();
  });
}
