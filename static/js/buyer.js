/* The buyer's viewer: turning pages, fetching ahead, and saying which pages are read.

   Loaded alone, on a phone, often over a slow network: it imports nothing. Nothing is sent before somebody has touched,
   scrolled, turned or typed; seconds count while the page is seen and somebody was there within the last minute, or a
   video runs. */

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const AHEAD = 2;
const SWIPE = 48;
const BEAT = 5000;
const AWAY = 60000;

const told = one("[data-buyer-beat]");
const box = one("[data-buyer]");
const waiting = one("[data-again]");

if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.again));
const reading = told && told.dataset.recorded ? record(told, box) : { turned() {} };
if (box) viewer(box, reading);
one("video")?.addEventListener("error", ({ target }) => {
  target.hidden = true;
  one("[data-buyer-unplayed]").hidden = false;
});

function viewer(element, reader) {
  const frame = one("[data-buyer-frame]", element);
  const links = all("[data-buyer-thumbs] [data-page]");
  const pictures = new Map();
  let at = Number(element.dataset.at);
  const first = one("img", frame);
  if (first) pictures.set(at, first);
  if (!links.length) return;

  /** Each page's picture is fetched once and stays: nothing here may be cached. */
  function picture(number) {
    const link = links[number - 1];
    if (!link || !link.dataset.picture) return null;
    if (!pictures.has(number)) {
      const image = new Image();
      image.decoding = "async";
      image.draggable = false;
      image.alt = link.dataset.title ? `${number}: ${link.dataset.title}` : String(number);
      if (link.dataset.width) {
        image.width = link.dataset.width;
        image.height = link.dataset.height;
      }
      image.hidden = true;
      image.src = link.dataset.picture;
      frame.append(image);
      pictures.set(number, image);
    }
    return pictures.get(number);
  }

  function ahead() {
    for (let step = 1; step <= AHEAD; step += 1) picture(at + step);
    picture(at - 1);
  }

  function draw() {
    const link = links[at - 1];
    const image = picture(at);
    for (const each of pictures.values()) each.hidden = each !== image;
    frame.classList.toggle("buyer__frame--tall", Number(link.dataset.height) > Number(link.dataset.width));
    one("[data-buyer-place]", element).textContent = element.dataset.of.replace("#", at);
    one("[data-buyer-name]", element).textContent = link.dataset.title;
    for (const each of links) each.removeAttribute("aria-current");
    link.setAttribute("aria-current", "page");
    const rail = one("[data-buyer-thumbs]");
    rail.scrollTo({ left: link.parentElement.offsetLeft - rail.clientWidth / 2 + link.clientWidth / 2 });
    for (const turn of all("[data-turn]", element)) {
      const next = links[at - 1 + Number(turn.dataset.turn)];
      turn.setAttribute("aria-disabled", String(!next));
      turn.href = (next ?? link).href;
    }
    all(".strip__tick", element).forEach((tick, index) => {
      tick.classList.toggle("strip__tick--here", index === at - 1);
      tick.classList.toggle("strip__tick--read", index < at);
    });
    words(link);
    if (image && !image.complete) image.addEventListener("load", ahead, { once: true });
    else ahead();
  }

  async function words(link) {
    const response = await fetch(link.dataset.words).catch(() => null);
    const text = response && response.ok ? await response.text() : "";
    if (links[at - 1] === link) one("[data-buyer-words]").textContent = text;
  }

  function open(number) {
    if (number < 1 || number > links.length || number === at) return;
    reader.turned(at);
    at = number;
    element.dataset.at = String(at);
    history.replaceState(null, "", links[at - 1].href);
    draw();
  }

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const turn = event.target.closest("[data-turn]");
    const jump = event.target.closest("[data-page]");
    if (!turn && !jump) return;
    event.preventDefault();
    open(turn ? at + Number(turn.dataset.turn) : Number(jump.dataset.page));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowLeft: at - 1, PageUp: at - 1, ArrowRight: at + 1, PageDown: at + 1, Home: 1, End: links.length }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    open(to);
  });
  let touch = null;
  frame.addEventListener("touchstart", (event) => { touch = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  frame.addEventListener("touchend", (event) => {
    if (!touch || (visualViewport && visualViewport.scale > 1.05)) return;
    const across = event.changedTouches[0].clientX - touch.clientX;
    const down = event.changedTouches[0].clientY - touch.clientY;
    if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down)) open(at + (across < 0 ? 1 : -1));
  }, { passive: true });

  if (first && !first.complete) first.addEventListener("load", ahead, { once: true });
  else ahead();
}

function record(form, element) {
  const seconds = new Map();
  let signed = false;
  let since = performance.now();
  let active = since;
  let moves = 0;
  let sending = false;

  const here = () => Number(element?.dataset.at ?? 1);
  const seen = () => document.visibilityState === "visible";
  const video = one("video");

  /** Put the time since the last look on the page that was seen. Until the first sign of somebody it only runs up. */
  function spend(page = here()) {
    if (!signed) return;
    const now = performance.now();
    // Whoever watches a video touches nothing for minutes.
    if (video && !video.paused && !video.ended && seen()) active = now;
    const until = Math.min(now, active + AWAY);
    if (element && until > since) seconds.set(page, (seconds.get(page) ?? 0) + (until - since) / 1000);
    since = now;
  }

  async function send(last = false) {
    if (!signed || (sending && !last)) return;
    if (element && !seconds.has(here())) seconds.set(here(), 0);
    const pages = [...seconds].map(([page, count]) => [Number(element.dataset.part), page, Math.round(count * 100) / 100]);
    seconds.clear();
    sending = true;
    const response = await fetch(form.dataset.buyerBeat, {
      method: "POST",
      keepalive: last,
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.dataset.csrf },
      body: JSON.stringify({ beacon: form.dataset.beacon, pages }),
    }).catch(() => null);
    sending = false;
    if (response && response.ok) return;
    // Switched off, or over: the page says so itself. Anything else is tried again.
    if (response && response.status === 404) location.reload();
    else for (const [, page, count] of pages) seconds.set(page, (seconds.get(page) ?? 0) + count);
  }

  function sign(event) {
    if (!event.isTrusted) return;
    if (event.type === "pointermove") {
      // A pointer that merely lies where the page appears is nobody.
      if (event.movementX || event.movementY) moves += 1;
      if (moves < 3) return;
    }
    if (!signed) {
      // Who turns the first page has read it: what ran up since it was shown is hers.
      signed = true;
      spend();
      active = performance.now();
      send();
      return;
    }
    if (seen() && performance.now() > active + AWAY) since = performance.now();
    active = performance.now();
  }
  for (const type of ["pointerdown", "pointermove", "touchstart", "wheel", "keydown"]) {
    addEventListener(type, sign, { passive: true, capture: true });
  }
  if (form.dataset.signed) {
    signed = true;
    send();
  }

  document.addEventListener("visibilitychange", () => {
    if (seen()) {
      since = active = performance.now();
      return;
    }
    spend();
    send(true);
  });
  addEventListener("pagehide", () => {
    if (seen()) spend();
    send(true);
  });
  setInterval(() => {
    if (!seen()) return;
    spend();
    if (seconds.size) send();
  }, BEAT);
  return { turned: (page) => { spend(page); send(); } };
}
