/* Keys that work everywhere: "/" searches, "?" shows them all, "g" then a letter goes to a section. */

import { one, writing } from "./dom.js";

const PLACES = { h: "/", l: "/library", d: "/deals", r: "/reports", i: "/inbox" };
const PATIENCE = 1200;
let going = 0;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
  if (one("dialog[open]")) return;
  if (event.key === "/") {
    const find = one("#find");
    if (!find) return;
    event.preventDefault();
    find.focus();
    find.select();
  } else if (event.key === "?") {
    one("#keys")?.showModal();
  } else if (event.key === "g") {
    going = Date.now();
  } else if (Date.now() - going < PATIENCE && event.key in PLACES) {
    location.assign(PLACES[event.key]);
  } else if (event.key === "u") {
    const use = one("[data-key-use]");
    use?.focus();
    use?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Escape" && location.hash && one(`.facets${location.hash}`)) {
    location.hash = "results";
  }
});
