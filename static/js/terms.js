/* A folded list of boxes: the line above says what is chosen. */

import { all, one } from "./dom.js";

export default function terms(details) {
  const line = one("[data-terms-chosen]", details);
  details.addEventListener("change", () => {
    const chosen = all("input:checked", details).map((box) => box.parentElement.textContent.trim());
    line.textContent = chosen.join(", ") || line.dataset.none;
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    details.open = false;
    one("summary", details).focus();
  });
  document.addEventListener("click", (event) => {
    if (details.open && !details.contains(event.target)) details.open = false;
  });
}
