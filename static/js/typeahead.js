/* Search as one types: an ARIA combobox over what the server suggests. Without it the form simply searches. */

import { all, announce, icon, make, one, settled } from "./dom.js";

const WAIT = 90;
const PATIENCE = 8000;

export default function typeahead(form) {
  const input = one("input[name=q]", form);
  const list = make("div", "float typeahead");
  const box = make("div");
  const note = make("p", "typeahead__head");
  let asked = null; // the request whose answer is waited for
  let moves = 0; // arrow keys pressed while it was
  note.hidden = true;
  list.hidden = true;
  box.id = "find-suggestions";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", input.getAttribute("aria-label"));
  list.append(note, box, foot(form));
  form.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": box.id })) input.setAttribute(name, value);

  const options = () => all('[role="option"]', box);
  const active = () => one('[aria-selected="true"]', box);

  /** No answer is waited for any more: one that comes late shows nothing. */
  function forget() {
    asked?.abort();
    asked = null;
    moves = 0;
  }

  function close() {
    forget();
    fold();
  }

  function fold() {
    list.hidden = true;
    note.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(option) {
    active()?.setAttribute("aria-selected", "false");
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function show(groups, words) {
    const count = groups.reduce((sum, group) => sum + group.items.length, 0);
    const before = active()?.dataset.url;
    box.replaceChildren(...groups.filter((group) => group.items.length).map((group, at) => part(group, at, words)));
    note.hidden = true;
    list.hidden = count === 0;
    input.setAttribute("aria-expanded", String(count > 0));
    // What was chosen stays so if it is still offered; keys that came before the answer count now.
    choose(options().find((option) => option.dataset.url === before));
    for (; moves; moves -= Math.sign(moves)) move(Math.sign(moves));
    announce(count ? form.dataset.results.replace("#", count) : form.dataset.nothing);
  }

  /** Suggestions are a help: without them the search itself still works, and that is said. */
  function fail() {
    box.replaceChildren();
    fold();
    note.textContent = form.dataset.failed;
    note.hidden = list.hidden = false;
    announce(form.dataset.failed);
  }

  function move(step) {
    const items = options();
    if (!items.length) return;
    const at = items.indexOf(active()) + step;
    choose(at < 0 ? (active() ? null : items.at(-1)) : items[at] ?? null);
  }

  const ask = settled(async (asking) => {
    const words = input.value.trim();
    const late = setTimeout(() => asking.abort("late"), PATIENCE);
    try {
      const response = await fetch(`${form.dataset.source}?q=${encodeURIComponent(words)}`, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.status);
      const { groups = [] } = await response.json();
      if (asked !== asking) return;
      asked = null;
      if (document.activeElement === input) show(groups, words);
    } catch {
      if (asked !== asking) return;
      forget();
      if (document.activeElement === input) fail();
    } finally {
      clearTimeout(late);
    }
  }, WAIT);

  /** Ask for what is typed now; an answer to what was typed before is of no use from here on. */
  function renew() {
    if (input.value.trim().length < 2) return close();
    const kept = asked ? moves : 0;
    forget();
    moves = kept;
    asked = new AbortController();
    ask(asked);
  }

  input.addEventListener("input", renew);
  input.addEventListener("focus", () => { if (input.value.trim().length > 1 && form.dataset.opened) renew(); form.dataset.opened = "1"; });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      if (list.hidden && !asked) input.value = "";
      close();
      event.preventDefault();
    } else if (step && !list.hidden && options().length) {
      event.preventDefault();
      move(step);
    } else if (step && asked) {
      event.preventDefault();
      moves += step;
    } else if (event.key === "Enter" && !list.hidden && active()) {
      event.preventDefault();
      location.assign(active().dataset.url);
    }
  });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  // Before focus moves, so that a press reaches the option.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) location.assign(option.dataset.url);
  });
}

function part(group, at, words) {
  const element = make("div");
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", group.label);
  if (group.label) {
    const head = make("p", "typeahead__head", group.label);
    head.setAttribute("aria-hidden", "true");
    element.append(head);
  }
  element.append(...group.items.map((item, number) => option(item, `find-${at}-${number}`, words)));
  return element;
}

function option(item, id, words) {
  const element = make("div", "typeahead__item");
  element.id = id;
  element.dataset.url = item.url;
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", "false");
  if (item.picture) {
    const image = make("img");
    image.src = item.picture;
    image.alt = "";
    element.append(make("span", "picture picture--frame", image));
  } else {
    element.append(icon(item.icon ?? "search", "small"));
  }
  element.append(make("span", "typeahead__title", emphasised(item.title, words)));
  if (item.hint) element.append(make("span", "typeahead__hint", item.hint));
  return element;
}

/** The title with what was typed in bold. */
function emphasised(title, words) {
  const from = title.toLowerCase().indexOf(words.toLowerCase());
  if (from < 0) return [title];
  const to = from + words.length;
  return [title.slice(0, from), make("b", "", title.slice(from, to)), title.slice(to)];
}

function foot(form) {
  const key = (text) => make("kbd", "key", text);
  const element = make("p", "typeahead__foot", [
    make("span", "", [key("↑"), " ", key("↓"), ` ${form.dataset.footMove}`]),
    make("span", "", [key("↵"), ` ${form.dataset.footOpen}`]),
  ]);
  element.setAttribute("aria-hidden", "true");
  return element;
}
