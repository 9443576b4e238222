/* Keeps the page that says "no connection", and its style. Nothing else is ever kept: what the library answers belongs to
   who is signed in. */

const FILES = {{ ["/offline", asset_url("css/app.css"), asset_url("icons.svg"), asset_url("favicon.svg")] | tojson }};
const CACHE = `offline ${FILES.join(" ")}`;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await registration.navigationPreload?.enable();
    await clients.claim();
  })());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (FILES.includes(new URL(request.url).pathname + new URL(request.url).search)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});

async function page(event) {
  try {
    return (await event.preloadResponse) ?? await fetch(event.request);
  } catch {
    return (await caches.match("/offline")) ?? Response.error();
  }
}
