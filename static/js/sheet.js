/* Many assets in a table: cells that are changed are saved, each with how it was found, so that nobody is overwritten. */

import { all, announce, csrf, make, one } from "./dom.js";
import { fetchRest } from "./rest.js";
import { say } from "./toast.js";

const SEVERAL = (cell) => cell.tagName === "BUTTON";
const PART = 25; // rows of one request: none takes long, and what was saved stays saved where the next fails

export default async function sheet(form) {
  const texts = JSON.parse(form.dataset.texts);
  const body = one("tbody", form);
  const lines = all("[data-sheet-row]", form);
  const whole = one("[data-sheet-all]", form);
  const save = one("[data-sheet-save]", form);
  const found = new WeakMap();
  const labels = new Map();
  for (const list of all("template[data-terms]", form)) {
    for (const label of all("label", list.content)) labels.set(one("input", label).value, label.textContent.trim());
  }

  const cells = (line) => all("[data-cell]", line);
  const cell = (line, name) => one(`[data-cell="${name}"]`, line);
  const chosen = () => {
    const some = lines.filter((line) => one("[data-bulk-item]", line).checked);
    return some.length ? some : lines;
  };

  function value(of) {
    if (SEVERAL(of)) return of.dataset.value.split(" ").filter(Boolean);
    if (of.dataset.cell === "tags") return of.value.split(",").map((tag) => tag.trim()).filter(Boolean);
    return of.value;
  }
  const text = (of) => String(value(of));

  function put(of, given) {
    if (SEVERAL(of)) {
      of.dataset.value = given.join(" ");
      one("span", of).textContent = given.map((key) => labels.get(key) ?? key).join(", ");
      of.setAttribute("aria-label", [of.dataset.name, one("span", of).textContent].filter(Boolean).join(": "));
    } else {
      of.value = Array.isArray(given) ? given.join(", ") : given;
    }
  }

  function changed() {
    let count = 0;
    for (const line of lines) {
      for (const each of cells(line)) {
        const is = text(each) !== String(found.get(each));
        each.toggleAttribute("data-changed", is);
        if (is) count += 1;
      }
    }
    save.disabled = count === 0;
    save.textContent = count ? texts.save.replace("{count}", count) : texts.nothing;
    return count;
  }

  function remember(line) {
    for (const each of cells(line)) {
      if (SEVERAL(each)) put(each, value(each));
      found.set(each, value(each));
    }
  }
  for (const line of [...lines, whole]) remember(line);

  /* Filling down, applying to what is selected, taking what was suggested */

  function fill(from, to) {
    for (const each of to) if (each !== from) put(each, value(from));
    changed();
  }

  form.addEventListener("click", (event) => {
    const down = event.target.closest("[data-fill]");
    const terms = event.target.closest("button[data-cell]");
    const offer = event.target.closest("[data-offer]");
    if (down) {
      const [first, ...rest] = chosen().map((line) => cell(line, down.dataset.fill));
      fill(first, rest);
      first.focus();
    } else if (terms) choose(terms);
    else if (offer) take(offer);
    else if (event.target.closest("[data-sheet-offers]")) for (const each of chosen().flatMap((line) => all("[data-offer]", line))) take(each);
    else if (event.target.closest("[data-sheet-apply]")) apply();
    changed();
  });

  function apply() {
    for (const from of cells(whole)) {
      if (!value(from).length) continue;
      for (const line of chosen()) {
        const to = cell(line, from.dataset.cell);
        put(to, Array.isArray(value(from)) ? [...new Set([...value(to), ...value(from)])] : value(from));
      }
    }
    changed();
    announce(save.textContent);
  }

  function take(offer) {
    const to = cell(offer.closest("[data-sheet-row]"), offer.dataset.offerField);
    if (to) put(to, Array.isArray(value(to)) ? [...new Set([...value(to), offer.dataset.offer])] : offer.dataset.offer);
    offer.remove();
  }

  form.addEventListener("keydown", (event) => {
    const here = event.target.closest?.("[data-sheet-row] [data-cell]");
    if (!here || !(event.ctrlKey || event.metaKey)) return;
    const at = lines.indexOf(here.closest("[data-sheet-row]"));
    const other = { d: at - 1, ArrowUp: at - 1, ArrowDown: at + 1 }[event.key];
    if (other === undefined || !lines[other]) return;
    event.preventDefault();
    const there = cell(lines[other], here.dataset.cell);
    if (event.key === "d") fill(there, [here]);
    else there.focus();
  });
  form.addEventListener("input", changed);
  form.addEventListener("change", () => {
    const count = lines.filter((line) => one("[data-bulk-item]", line).checked).length;
    const note = one("[data-sheet-chosen]", form);
    note.textContent = count ? note.dataset.some.replace("#", count) : note.dataset.none;
  });

  /* Terms are chosen in a dialog that all cells share */

  function choose(button) {
    const dialog = one("#sheet-terms");
    const choices = one("[data-sheet-choices]", dialog);
    choices.replaceChildren(one(`template[data-terms="${button.dataset.cell}"]`, form).content.cloneNode(true));
    for (const box of all("input", choices)) box.checked = value(button).includes(box.value);
    one(".dialog__title", dialog).textContent = button.dataset.name;
    choices.onchange = () => {
      put(button, all("input:checked", choices).map((box) => box.value));
      changed();
    };
    dialog.showModal();
    dialog.addEventListener("close", () => button.focus(), { once: true });
  }

  /* Saving */

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const sent = lines.map((line) => ({
      asset: Number(line.dataset.sheetRow),
      cells: Object.fromEntries(cells(line).filter((each) => each.dataset.changed !== undefined).map((each) => [each.dataset.cell, { was: found.get(each), now: value(each) }])),
    })).filter((row) => Object.keys(row.cells).length);
    if (!sent.length) return;
    save.disabled = true;
    save.setAttribute("aria-busy", "true");
    const rows = [];
    for (let from = 0; from < sent.length; from += PART) {
      const part = sent.slice(from, from + PART);
      const came = await sendPart(part);
      if (!came) break;
      answered(came, part);
      rows.push(...came);
      changed();
      save.disabled = true;
    }
    save.removeAttribute("aria-busy");
    changed();
    if (rows.length < sent.length) say(texts.failed, { kind: "error" });
    else {
      const left = rows.filter((row) => row.state !== "saved").length;
      const saved = texts.saved.replace("{count}", rows.length - left);
      say(left ? `${saved}, ${texts.left.replace("{count}", left)}` : saved, { kind: left ? "info" : "" });
    }
  });

  /** What became of each of these rows; null where nobody knows. */
  async function sendPart(part) {
    const response = await fetch(form.dataset.url, {
      method: "POST",
      body: JSON.stringify({ rows: part }),
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), Accept: "application/json" },
    }).catch(() => null);
    return response?.ok ? (await response.json()).rows : null;
  }

  function answered(rows, sent) {
    for (const row of rows) {
      const line = lines.find((each) => Number(each.dataset.sheetRow) === row.asset);
      const said = one("[data-sheet-said]", line);
      said.replaceChildren(row.sentence);
      said.hidden = !row.sentence;
      for (const [name, given] of Object.entries(row.fields)) {
        const each = cell(line, name);
        found.set(each, given);
        if (row.state === "saved") put(each, given);
        else compare(said, each, given);
      }
      if (row.state !== "saved") continue;
      // What went in as it was sent is now how it was found.
      for (const name of Object.keys(sent.find((one) => one.asset === row.asset).cells)) found.set(cell(line, name), value(cell(line, name)));
    }
  }

  /** Somebody saved the same cell in between: theirs is said beside mine, which is still there. */
  function compare(said, of, given) {
    const shown = [given].flat().map((key) => labels.get(key) ?? key).join(", ") || texts.empty;
    const button = make("button", "link-button", texts.take);
    button.type = "button";
    button.addEventListener("click", () => {
      put(of, given);
      said.hidden = true;
      changed();
      of.focus();
    });
    said.append(make("span", "block", [texts.theirs.replace("{value}", shown), " ", button]));
  }

  addEventListener("beforeunload", (event) => { if (!save.disabled) event.preventDefault(); });
  // The first rows can be worked on while the others come.
  await fetchRest(body, {
    waiting: all("[data-bulk-all], [data-fill], [data-sheet-apply], [data-sheet-offers]", form),
    came(rows) {
      lines.push(...rows);
      for (const line of rows) remember(line);
    },
  });
}
