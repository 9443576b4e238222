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
  const wanted = elements.flatMap((element) => {
    const done = bound.get(element) ?? new Set();
    bound.set(element, done);
    const names = element.dataset.behaviour.split(" ").filter((name) => !done.has(name));
    for (const name of names) done.add(name);
    return names.map((name) => ({ element, name }));
  });
  // In the order of the page, so that what is around another listens before that one speaks.
  const modules = await Promise.all(wanted.map(({ name }) => import(`./${name}.js`)));
  wanted.forEach(({ element }, number) => {
    try {
      modules[number].default(element);
    } catch (error) {
      reportError(error);
    }
  });
}

bind().then(() => {
  // early.js waits for this.
  document.dispatchEvent(new Event("bound"));
  document.documentElement.dataset.bound = "";
});
