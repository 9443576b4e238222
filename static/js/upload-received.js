/* What the server has received: its rows are asked for until nothing changes by itself any more, suggestions are taken
   without leaving the page, and the list can be narrowed to what asks for something. */

import { bind } from "./app.js";
import { all, one, send } from "./dom.js";
import { fetchRest } from "./rest.js";
import { say } from "./toast.js";
import { parse } from "./upload-parts.js";

const ASK_EVERY = 1500;
const AT_ONCE = 250;

export function receivedRows(root, texts, changed) {
  const rows = one("[data-upload-rows]", root);
  const filters = all("[data-upload-filter]", root);
  const rowOf = (id) => one(`[data-upload-row="${CSS.escape(String(id))}"]`, rows);
  let wanted = "";
  let asking = false;

  function narrow() {
    const found = all("tr", rows);
    for (const filter of filters) {
      const kind = filter.dataset.uploadFilter;
      const count = kind ? found.filter((row) => row.dataset.kind === kind).length : found.length;
      one("[data-count]", filter).textContent = count;
      filter.setAttribute("aria-pressed", String(kind === wanted));
    }
    for (const row of found) row.hidden = Boolean(wanted) && row.dataset.kind !== wanted;
  }

  /** Ask until none is busy; the more there are, the less often. */
  async function ask() {
    if (asking) return;
    asking = true;
    for (;;) {
      const ids = all("[data-upload-busy]", rows).map((row) => row.dataset.uploadRow).slice(0, AT_ONCE);
      if (!ids.length) break;
      const wait = ASK_EVERY * (1 + ids.length / 50) * (document.hidden ? 4 : 1);
      await new Promise((resolve) => { setTimeout(resolve, wait); });
      await refresh(ids);
    }
    asking = false;
    changed();
  }

  async function refresh(ids) {
    const response = await fetch(`${root.dataset.state}?ids=${ids.join(",")}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (response?.ok) for (const item of (await response.json()).items) put(item);
    narrow();
  }

  function put(item) {
    const old = rowOf(item.id);
    if (!old || old.contains(document.activeElement)) return;
    const fresh = parse(item.row);
    if (one("[data-bulk-item]", old)?.checked) one("[data-bulk-item]", fresh).checked = true;
    old.replaceWith(fresh);
    bind(fresh);
  }

  /** The server's row in place of the queue's own. */
  function receive(item, markup) {
    const fresh = parse(markup);
    rowOf(fresh.dataset.uploadRow)?.remove();
    item.row.replaceWith(fresh);
    item.row = fresh;
    bind(fresh);
    ask();
  }

  rows.addEventListener("click", async (event) => {
    const take = event.target.closest("[data-take]");
    if (!take) return;
    event.preventDefault();
    const id = take.closest("tr").dataset.uploadRow;
    take.disabled = true;
    const answer = await send(take.dataset.take).catch(() => null);
    if (!answer?.ok) {
      take.disabled = false;
      return void say(texts.notTaken, { kind: "error" });
    }
    // A row that holds the focus is not replaced under somebody's hands; this one is meant to be.
    document.activeElement?.blur();
    await refresh([id]);
    one("[data-bulk-item]", rowOf(id))?.focus();
  });
  for (const filter of filters) {
    filter.addEventListener("click", () => { wanted = filter.dataset.uploadFilter; narrow(); });
  }

  async function begin() {
    await bind(rows);
    narrow();
    ask();
    await fetchRest(rows, { waiting: all("[data-bulk-all]", root), came });
  }

  function came(part) {
    for (const row of part) {
      // One that was received meanwhile, or again, stands further up already.
      if (all(`[data-upload-row="${CSS.escape(row.dataset.uploadRow)}"]`, rows).length > 1) row.remove();
      else bind(row);
    }
    narrow();
    ask();
  }

  begin();
  return { narrow, receive };
}
