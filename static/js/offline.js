/* Says when the connection goes and when it is back. */

import { one } from "./dom.js";
import { say } from "./toast.js";

addEventListener("offline", () => say(one("[data-toasts]")?.dataset.offline ?? "", { kind: "info" }));
addEventListener("online", () => say(one("[data-toasts]")?.dataset.online ?? ""));
