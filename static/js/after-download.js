/* A download begins, and then the page asks in which deal it is used: data-asks names the dialog. Its button has the
   focus, so that one key accepts the likeliest deal; Escape leaves the question to the home page. */

import { one } from "./dom.js";

const BEGUN = 400;

export default function afterDownload(link) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const dialog = one(`#${CSS.escape(link.dataset.asks)}`);
    if (dialog?.showModal) setTimeout(() => dialog.open || dialog.showModal(), BEGUN);
  });
}
