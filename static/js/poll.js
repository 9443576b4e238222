/* A part of the page that changes by itself: asks its own address again every few seconds while the page is seen, until
   the server leaves out data-poll. data-poll-parts names further fragments that change with it. */

import { bind } from "./app.js";
import { announce, fetchPage, one, replaceFragments } from "./dom.js";

export default function poll(element) {
  const names = (element.dataset.pollParts ?? element.dataset.fragment).split(" ");
  const wait = Number(element.dataset.poll || 3) * 1000;
  let failures = 0;
  // Nobody's words are taken from under her hands: what has the focus is left until it has not.
  const busy = () => names.some((name) =>
    document.querySelector(`[data-fragment="${name}"]`)?.contains(document.activeElement));
  async function again() {
    if (!element.isConnected) return;
    if (document.hidden || busy()) return void setTimeout(again, wait);
    try {
      const fetched = await fetchPage(location.href, names.join(" "));
      for (const part of replaceFragments(fetched.document, names)) {
        bind(part);
        const said = one("[data-announce]", part)?.textContent.trim();
        if (said) announce(said);
      }
    } catch {
      failures += 1;
      if (failures < 10) setTimeout(again, wait * failures);
    }
  }
  if (element.dataset.poll) setTimeout(again, wait);
}
