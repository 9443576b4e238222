/* Counts which pages of a comparison were in the middle of the window, and marks where one is. */

import { all } from "./dom.js";

export default function seen(nav) {
  const told = nav.querySelector("[data-seen]");
  const links = new Map(all('a[href^="#"]', nav).map((link) => [link.hash.slice(1), link]));
  const been = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const link = links.get(target.id);
      if (isIntersecting) {
        been.add(target.id);
        link.setAttribute("aria-current", "true");
      } else link.removeAttribute("aria-current");
    }
    told.textContent = told.dataset.seen.replace("{num}", been.size);
  }, { rootMargin: "-40% 0px -40% 0px" });
  for (const id of links.keys()) {
    const pair = document.getElementById(id);
    if (pair) watch.observe(pair);
  }
}
