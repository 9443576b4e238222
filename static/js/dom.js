/* What several behaviours share: finding, making and replacing elements, and asking the server. */

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** An element with a class, text or children. Text is never read as markup. */
export function make(tag, className = "", content = []) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...(Array.isArray(content) ? content : [content]));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon from the sprite that the page already uses. */
export function icon(name, size = "") {
  const sprite = one("svg.icon use")?.getAttribute("href").split("#")[0] ?? "";
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", size ? `icon icon--${size}` : "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use);
  return svg;
}

/** Read a sentence out to those who do not see what changed. */
export function announce(text) {
  const region = one("[data-announcer]");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}

export const csrf = () => one('meta[name="csrf-token"]')?.content ?? "";

/** A change, sent with the page's token; the response as it came. */
export function send(url, body = null, method = "POST") {
  return fetch(url, {
    method,
    body,
    headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
    credentials: "same-origin",
  });
}

/** A page as a document; `fragment` tells the server which part is wanted, should it care. */
export async function fetchPage(url, fragment, signal) {
  const response = await fetch(url, {
    headers: { "X-Fragment": fragment, Accept: "text/html" },
    credentials: "same-origin",
    signal,
  });
  if (!response.ok) throw new Error(String(response.status));
  const text = await response.text();
  return { document: new DOMParser().parseFromString(text, "text/html"), url: response.url };
}

/** Put the fetched page's fragments in place of ours. Returns the new elements. */
export function replaceFragments(fetched, names = null) {
  const replaced = [];
  for (const fresh of all("[data-fragment]", fetched)) {
    // A part inside another part came over with it.
    if (fresh.ownerDocument === document) continue;
    const name = fresh.dataset.fragment;
    if (names && !names.includes(name)) continue;
    const old = one(`[data-fragment="${name}"]`);
    if (!old) continue;
    const adopted = document.adoptNode(fresh);
    old.replaceWith(adopted);
    replaced.push(adopted);
  }
  return replaced;
}

/** Whether the person is writing somewhere, so that plain keys are hers. */
export function writing(target) {
  return target instanceof Element && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select"));
}

/** `action` once things have been quiet for `wait` milliseconds. */
export function settled(action, wait) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), wait);
  };
}
