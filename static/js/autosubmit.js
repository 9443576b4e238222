/* A form of filters that sends itself when one changes. */

import { settled } from "./dom.js";

export default function autosubmit(form) {
  const submit = settled(() => form.requestSubmit(), 60);
  form.addEventListener("change", (event) => {
    // A date that is half typed is not a date yet.
    if (event.target.type === "date" && !event.target.value && event.target.validity.badInput) return;
    submit();
  });
  // Coming back, the page shows what its address says, not what was chosen on the way out.
  form.autocomplete = "off";
  addEventListener("pageshow", (event) => { if (event.persisted) form.reset(); });
}
