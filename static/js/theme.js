/* Light, dark or the system's: shown at once, kept on the person by the form it stands in. */

import { all, send } from "./dom.js";

export default function theme(form) {
  form.addEventListener("submit", (event) => {
    const chosen = event.submitter?.value;
    if (!chosen) return;
    event.preventDefault();
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    for (const button of all("[name=theme]", form)) button.setAttribute("aria-pressed", String(button.value === chosen));
    const body = new FormData(form);
    body.set("theme", chosen);
    send(form.action, body).catch(() => form.submit());
  });
}
