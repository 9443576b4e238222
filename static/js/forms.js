/* Forms that are being sent: the button says what it is doing, and a second press does nothing. */

import { all } from "./dom.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter ?? form.querySelector('button[type="submit"], button:not([type])');
  if (event.defaultPrevented || form.method === "get") return;
  if (form.dataset.sending !== undefined) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "";
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  if (button.dataset.busy) {
    button.dataset.rest = button.textContent;
    button.textContent = button.dataset.busy;
  }
});

// Coming back to a kept page: the form may be sent again.
addEventListener("pageshow", () => {
  for (const form of all("form[data-sending]")) delete form.dataset.sending;
  for (const button of all('button[aria-busy="true"]')) {
    button.removeAttribute("aria-busy");
    if (button.dataset.rest) button.textContent = button.dataset.rest;
  }
});
