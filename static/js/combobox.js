/* A text field that suggests, from its own options or from the server; the chosen value goes into the hidden field. */

import { all, make, one, settled } from "./dom.js";

let lists = 0;

export default function combobox(element) {
  const input = one("input:not([type=hidden])", element);
  const hidden = one("input[type=hidden]", element);
  const own = all("datalist option", element).map((item) => ({ value: item.dataset.value, title: item.value }));
  const list = make("div", "float combobox__list");
  list.id = `combobox-${++lists}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent ?? input.placeholder);
  input.removeAttribute("list");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);
  element.append(list);

  // An answer that comes after an option was taken, or after a later question, must not open the list again.
  let taken = false;
  let asked = 0;

  const active = () => one('[aria-selected="true"]', list);
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  function take(option) {
    input.value = option.dataset.title;
    hidden.value = option.dataset.value;
    taken = true;
    close();
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show(items) {
    list.replaceChildren(...items.slice(0, 12).map((item, number) => {
      const option = make("div", "combobox__option", [item.title, ...(item.hint ? [make("span", "combobox__hint", item.hint)] : [])]);
      option.id = `${list.id}-${number}`;
      option.dataset.value = item.value;
      option.dataset.title = item.title;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    }));
    if (!items.length) list.append(make("p", "combobox__none", element.dataset.none));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  async function ask() {
    if (taken) return;
    const words = input.value.trim();
    if (!element.dataset.source) {
      show(own.filter((item) => item.title.toLowerCase().includes(words.toLowerCase())));
      return;
    }
    const mine = ++asked;
    const joint = element.dataset.source.includes("?") ? "&" : "?";
    const response = await fetch(`${element.dataset.source}${joint}q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } }).catch(() => null);
    const answer = response?.ok ? await response.json().catch(() => null) : null;
    if (!answer || taken || mine !== asked || document.activeElement !== input) return;
    show((answer.groups ?? []).flatMap((group) => group.items));
  }

  const later = settled(ask, 120);
  input.addEventListener("input", () => {
    hidden.value = "";
    taken = false;
    later();
  });
  input.addEventListener("focus", () => { if (!input.value) ask(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const options = all('[role="option"]', list);
    if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    } else if (step) {
      event.preventDefault();
      if (list.hidden) {
        taken = false;
        return ask();
      }
      const at = (options.indexOf(active()) + step + options.length) % options.length;
      active()?.setAttribute("aria-selected", "false");
      options[at]?.setAttribute("aria-selected", "true");
      options[at]?.scrollIntoView({ block: "nearest" });
      if (options[at]) input.setAttribute("aria-activedescendant", options[at].id);
    } else if (event.key === "Enter" && !list.hidden && active()) {
      event.preventDefault();
      take(active());
    }
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest('[role="option"]');
    if (option) take(option);
  });
}
