/* A long list whose page brings the first rows alone: the others are asked for in parts, all parts at once, and put at its
   end in their order. What concerns every row (`waiting`) rests until they are there. The note below the list says how many
   are here; where a part did not come, it says so and has the button that asks again. */

import { fetchPage, one } from "./dom.js";

/** Resolves when there is nothing more to come; `came(rows)` is told of each part. */
export async function fetchRest(body, { waiting = [], came = () => {} } = {}) {
  let left = JSON.parse(body.dataset.rest ?? "[]");
  if (!left.length) return;
  const note = one("[data-rest-note]", body.closest("form, section"));
  const say = (text) => {
    const line = text.replace("{here}", body.rows.length);
    if (one("[data-rest-text]", note).textContent !== line) one("[data-rest-text]", note).textContent = line;
  };
  for (const each of waiting) each.disabled = true;
  body.setAttribute("aria-busy", "true");
  note.hidden = false;
  while (left.length) {
    say(note.dataset.coming);
    left = await parts(body, left, (rows) => { came(rows); say(note.dataset.coming); });
    if (left.length) {
      say(note.dataset.failed);
      await pressed(one("[data-rest-again]", note));
    }
  }
  note.hidden = true;
  body.removeAttribute("aria-busy");
  delete body.dataset.rest;
  for (const each of waiting) each.disabled = false;
}

/** Puts the parts in their order; answers the addresses from the first that did not come on. */
async function parts(body, urls, came) {
  const asked = urls.map((url) => fetchPage(url, "rows").catch(() => null));
  for (const [index, part] of asked.entries()) {
    const found = one("[data-rows]", (await part)?.document ?? document.createElement("p"));
    if (!found) return urls.slice(index);
    const rows = [...found.rows].map((row) => document.adoptNode(row));
    body.append(...rows);
    came(rows);
  }
  return [];
}

function pressed(button) {
  button.hidden = false;
  return new Promise((resolve) => {
    button.addEventListener("click", () => { button.hidden = true; resolve(); }, { once: true });
  });
}
