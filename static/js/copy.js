/* Copies data-copy (or the present address) and says so. */

import { say } from "./toast.js";

export default function copy(button) {
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(button.dataset.copy || location.href);
      say(button.dataset.copied);
    } catch {
      say(button.dataset.failed ?? "", { kind: "error" });
    }
  });
}
