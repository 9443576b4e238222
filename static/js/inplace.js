/* A GET form, or links inside [data-inplace-links], that answer in place: the page is fetched, its [data-fragment] parts
   replace ours, the address changes, and back and forward work. Any failure falls back to going there. */

import { bind } from "./app.js";
import { all, announce, fetchPage, one, replaceFragments } from "./dom.js";

let running = null;
let moved = false;

export async function go(url, { push = true, focus = null, only = null } = {}) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const parts = all("[data-fragment]").filter((part) => !only || only.includes(part.dataset.fragment));
  for (const part of parts) part.setAttribute("aria-busy", "true");
  try {
    const fetched = await fetchPage(url, parts.map((part) => part.dataset.fragment).join(" "), mine.signal);
    if (push) history.pushState({ inplace: true }, "", fetched.url);
    moved = true;
    document.title = fetched.document.title || document.title;
    const replaced = replaceFragments(fetched.document, only);
    if (!replaced.length) throw new Error("nothing to replace");
    for (const part of replaced) bind(part);
    if (focus) one(focus)?.focus();
    const said = one("[data-announce]")?.textContent.trim();
    if (said) announce(said);
  } catch (error) {
    if (error.name === "AbortError") return;
    location.assign(url);
  } finally {
    if (running === mine) for (const part of all('[data-fragment][aria-busy="true"]')) part.removeAttribute("aria-busy");
  }
}

addEventListener("popstate", () => {
  // Until something answered in place, going back is somebody else's (the viewer's pages, a heading).
  if (moved && one("[data-behaviour~=inplace]")) go(location.href, { push: false });
});

/** The address that a GET form leads to, without its empty fields. */
function address(form, submitter) {
  const url = new URL(form.action, location.href);
  const values = new FormData(form, submitter);
  url.search = new URLSearchParams([...values].filter(([, value]) => typeof value === "string" && value !== "")).toString();
  return url.href;
}

/** Where the focus was, said so that it can be found again after the replacement. */
function place(element) {
  if (!element?.name) return null;
  const value = element.type === "checkbox" || element.type === "radio" ? `[value="${CSS.escape(element.value)}"]` : "";
  return `[name="${CSS.escape(element.name)}"]${value}`;
}

export default function inplace(element) {
  element.addEventListener("submit", (event) => {
    if (event.target !== element) return; // a form inside a block of links goes its own way
    event.preventDefault();
    go(address(element, event.submitter), { focus: place(document.activeElement) });
  });
  if (element.dataset.inplaceAuto !== undefined) {
    element.addEventListener("change", (event) => go(address(element), { focus: place(event.target) }));
  }
  if (element.dataset.inplaceLinks !== undefined) {
    element.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
      const url = new URL(link.href);
      if (url.origin !== location.origin || url.pathname !== location.pathname) return;
      event.preventDefault();
      go(link.href, { focus: link.dataset.focus, only: element.dataset.inplaceOnly?.split(" ") ?? null });
    });
  }
}
