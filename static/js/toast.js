/* Done, with a way back: goes by itself after a while, unless it is being read or is an error. */

import { icon, make, one, send } from "./dom.js";

const WHILE = 9000;

export default function toast(element) {
  let timer;
  const leave = () => { timer = setTimeout(() => element.remove(), WHILE); };
  const stay = () => clearTimeout(timer);
  if (element.dataset.stays === undefined) {
    leave();
    for (const name of ["pointerenter", "focusin"]) element.addEventListener(name, stay);
    for (const name of ["pointerleave", "focusout"]) element.addEventListener(name, leave);
  }
  element.querySelector("[data-dismiss]")?.addEventListener("click", () => element.remove());
  // What stood in the page as it loaded was not read out; put back in, it is.
  if (element.dataset.said === undefined && document.readyState !== "loading") {
    element.dataset.said = "";
    const region = element.parentElement;
    if (region?.matches("[data-toasts]")) setTimeout(() => element.isConnected && region.append(element), 150);
  }
}

/** Say something. `undo`: an address to POST to. `kind`: "", error, info. */
export function say(text, { undo = null, kind = "" } = {}) {
  const region = one("[data-toasts]");
  if (!region) return;
  const element = make("div", kind ? `toast toast--${kind}` : "toast");
  const mark = make("span", "toast__icon", icon({ error: "warn", info: "info" }[kind] ?? "check"));
  element.append(mark, make("span", "toast__text", text));
  element.dataset.said = "";
  if (kind === "error") element.dataset.stays = "";
  if (undo) {
    const button = make("button", "button button--small", region.dataset.undo);
    button.type = "button";
    button.addEventListener("click", async () => {
      const response = await send(undo).catch(() => null);
      if (response?.ok) location.reload();
      else say(region.dataset.failed, { kind: "error" });
    });
    element.append(button);
  }
  const close = make("button", "icon-button icon-button--small", icon("x"));
  close.type = "button";
  close.setAttribute("aria-label", region.dataset.close);
  close.dataset.dismiss = "";
  element.append(close);
  region.append(element);
  toast(element);
}
