/* Binds behaviours to elements: data-behaviour="menu" loads menu.js and calls its default export with the element.
   What is put into the page later is bound by calling bind() on it. */

import "./forms.js";
import "./keys.js";
import "./offline.js";
import { all } from "./dom.js";

const bound = new WeakMap();

export async function bind(root = document) {
  const elements = all("[data-behaviour]", root);
  if (root instanceof Element && root.matches("[data-behaviour]")) elements.unshift(root);
  await Promise.all(elements.map(async (element) => {
    const done = bound.get(element) ?? new Set();
    bound.set(element, done);
    for (const name of element.dataset.behaviour.split(" ")) {
      if (done.has(name)) continue;
      done.add(name);
      const module = await import(`./${name}.js`);
      module.default(element);
    }
  }));
}

bind().then(() => { document.documentElement.dataset.bound = ""; });
