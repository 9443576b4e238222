/* Says when the connection goes and when it is back; keeps the page that is shown where nothing can be reached. */

import { one } from "./dom.js";
import { say } from "./toast.js";

addEventListener("offline", () => say(one("[data-toasts]")?.dataset.offline ?? "", { kind: "info" }));
addEventListener("online", () => say(one("[data-toasts]")?.dataset.online ?? ""));

// Only for those who work here, not for a buyer who opens a link.
if (one(".topbar")) navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
