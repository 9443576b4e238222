/* Paging through a version: keys, thumbnails, swipe, zoom, full screen; each page has its address. */

import { announce, all, fetchPage, make, one, writing } from "./dom.js";

const AHEAD = 2;
const SWIPE = 48;

export default function viewer(element) {
  const links = all("[data-viewer-rail] [data-page]", element);
  const frame = one("[data-viewer-page]", element);
  const image = frame && one("img", frame);
  const fetched = new Map();
  if (!links.length || !image) return;
  let at = links.findIndex((link) => link.hasAttribute("aria-current"));

  function fetchAhead() {
    for (const link of [...links.slice(at + 1, at + 1 + AHEAD), links[at - 1]]) {
      const source = link?.dataset.picture;
      if (!source || fetched.has(source)) continue;
      const picture = new Image();
      picture.src = source;
      fetched.set(source, picture);
    }
  }

  function draw() {
    const link = links[at];
    const data = link.dataset;
    const number = Number(data.page);
    image.src = data.picture || one("img", link)?.src || image.src;
    image.alt = data.title ? `${element.dataset.pageOf.split("#")[0]}${number}: ${data.title}` : link.textContent;
    if (data.width) {
      image.width = data.width;
      image.height = data.height;
      frame.dataset.wide = String(Number(data.width) >= Number(data.height) * 1.2);
    }
    frame.dataset.zoom = "false";
    for (const each of links) each.removeAttribute("aria-current");
    link.setAttribute("aria-current", "page");
    const rail = one("[data-viewer-rail]", element);
    rail.scrollTo({ top: link.offsetTop - rail.clientHeight / 2 + link.clientHeight / 2, left: link.offsetLeft - rail.clientWidth / 2 + link.clientWidth / 2 });
    const [before, after] = element.dataset.pageOf.split("#");
    one("[data-viewer-place]", element).replaceChildren(`${before}${number}`, make("span", "soft plain", after));
    one("[data-viewer-name]", element).textContent = data.title;
    for (const turn of all("[data-viewer-turn]", element)) {
      const next = links[at + Number(turn.dataset.viewerTurn)];
      turn.setAttribute("aria-disabled", String(!next));
      if (next) turn.href = next.href;
    }
    all(".viewer__stage .strip__tick", element).forEach((tick, index) => {
      tick.classList.toggle("strip__tick--here", index === at);
      if (!one(".strip__tick--hit", element)) tick.classList.toggle("strip__tick--read", index <= at && !tick.closest(".strip--tall"));
    });
    const add = one("[data-viewer-add]", element);
    if (add) {
      const address = new URL(add.href);
      address.searchParams.set("page", number);
      add.href = address.href;
    }
    // Searching inside the file starts from the page that is seen.
    const find = one(".viewer__find", element);
    if (find) {
      find.action = new URL(link.href).pathname;
      one("[name=from]", find).value = data.page;
    }
    words();
    fetchAhead();
  }

  /** The words of the page come when somebody has them open. */
  async function words() {
    const details = one("[data-viewer-text]", element);
    if (!details) return;
    const part = one("[data-fragment=page-text]", details);
    if (!details.open || part.dataset.page === links[at].dataset.page) return;
    const wanted = links[at];
    const page = await fetchPage(wanted.href, "page-text").catch(() => null);
    const fresh = page && one("[data-fragment=page-text]", page.document);
    if (links[at] !== wanted) return;
    part.replaceChildren(...(fresh ? [...fresh.childNodes] : []));
    part.dataset.page = wanted.dataset.page;
  }

  function open(index, push) {
    if (index < 0 || index >= links.length || index === at) return;
    at = index;
    history[push ? "pushState" : "replaceState"]({ page: at }, "", links[at].href);
    draw();
    announce(one("[data-viewer-place]", element).textContent);
  }

  element.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const turn = event.target.closest("[data-viewer-turn]");
    const jump = event.target.closest("[data-page]");
    if (turn) {
      event.preventDefault();
      open(at + Number(turn.dataset.viewerTurn), false);
    } else if (jump) {
      event.preventDefault();
      open(links.findIndex((link) => link.dataset.page === jump.dataset.page), true);
    } else if (event.target.closest("[data-viewer-full]")) {
      full();
    } else if (event.target === image && matchMedia("(hover: hover)").matches) {
      zoom(event);
    }
  });

  function full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else element.requestFullscreen?.().catch(() => {});
  }

  /** Twice as large, with the place that was pressed in the middle. */
  function zoom(event) {
    const on = frame.dataset.zoom !== "true";
    const edge = image.getBoundingClientRect();
    const x = event?.clientX ? (event.clientX - edge.left) / edge.width : .5;
    const y = event?.clientY ? (event.clientY - edge.top) / edge.height : .5;
    frame.dataset.zoom = String(on);
    if (on) frame.scrollTo(frame.scrollWidth * x - frame.clientWidth / 2, frame.scrollHeight * y - frame.clientHeight / 2);
  }

  document.addEventListener("keydown", (event) => {
    if (!element.isConnected || event.ctrlKey || event.metaKey || event.altKey || writing(event.target) || one("dialog[open]")) return;
    // Where the arrows choose among radios or tabs, they turn no page.
    if (event.target.closest?.(".tabs, [role=tablist], .segments, input[type=radio]")) return;
    const target = { ArrowLeft: at - 1, PageUp: at - 1, ArrowRight: at + 1, PageDown: at + 1, Home: 0, End: links.length - 1 }[event.key];
    const paging = element.contains(document.activeElement) || document.fullscreenElement || event.key.startsWith("Arrow");
    if (target !== undefined && paging) {
      event.preventDefault();
      open(target, false);
    } else if (event.key === "n" || event.key === "N") {
      // From one page with the words to the next, or back.
      const step = event.key === "n" ? 1 : -1;
      const hits = links.map((link, index) => (link.matches(".viewer__thumb--hit") ? index : -1)).filter((index) => index >= 0);
      const next = step > 0 ? hits.find((index) => index > at) ?? hits[0] : hits.findLast((index) => index < at) ?? hits.at(-1);
      if (next !== undefined) open(next, false);
    } else if (event.key === "f") {
      full();
    } else if (event.key === "z") {
      zoom();
    }
  });

  let touch = null;
  let tapped = 0;
  frame.addEventListener("touchstart", (event) => { touch = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  frame.addEventListener("touchend", (event) => {
    if (!touch) return;
    const across = event.changedTouches[0].clientX - touch.clientX;
    const down = event.changedTouches[0].clientY - touch.clientY;
    if (Math.abs(across) < 8 && Math.abs(down) < 8) {
      // Two quick taps zoom in where they were, and out again.
      if (event.timeStamp - tapped < 300) zoom(event.changedTouches[0]);
      tapped = event.timeStamp;
    }
    if (frame.dataset.zoom !== "true" && Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down)) open(at + (across < 0 ? 1 : -1), false);
  }, { passive: true });

  one("[data-viewer-text]", element)?.addEventListener("toggle", words);
  addEventListener("popstate", () => {
    const index = links.findIndex((link) => new URL(link.href).pathname === location.pathname);
    if (element.isConnected && index >= 0 && index !== at) {
      at = index;
      draw();
    }
  });
  const part = one("[data-fragment=page-text]", element);
  if (part) part.dataset.page = links[at]?.dataset.page;
  const rail = one("[data-viewer-rail]", element);
  if (links[at]) rail.scrollTop = links[at].offsetTop - rail.clientHeight / 2 + links[at].clientHeight / 2;
  fetchAhead();
}
