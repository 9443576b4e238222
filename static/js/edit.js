/* Editing in its place: a pencil fetches the form of one field and puts it where the value stands. What comes back is the
   page with the new value, or the form again, or the comparison with what somebody else saved in between. */

import { bind } from "./app.js";
import { all, announce, fetchPage, one, replaceFragments } from "./dom.js";
import { say } from "./toast.js";

export default function edit(root) {
  root.addEventListener("click", async (event) => {
    const pencil = event.target.closest("a[data-edit]");
    if (!pencil || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const key = pencil.closest("[data-edit-at]").dataset.editAt;
    const fetched = await fetchPage(pencil.href, "edit-form").catch(() => null);
    const form = fetched && one('[data-fragment="edit-form"]', fetched.document);
    if (!form) return void location.assign(pencil.href);
    // Found again: another field may have been saved meanwhile, and its page put in.
    const place = one(`[data-edit-at="${key}"]`);
    open(place, one("a[data-edit]", place) ?? pencil, document.adoptNode(form));
  });

  function open(place, pencil, form) {
    const before = [...place.childNodes];
    const close = () => {
      place.replaceChildren(...before);
      pencil.focus();
    };
    put(place, form, close);
  }

  function put(place, form, close) {
    form.className = "form editing";
    delete form.dataset.fragment;
    place.replaceChildren(form);
    bind(form);
    const first = one("input:not([type=hidden]), textarea, select, summary", form);
    if (first?.matches("summary")) first.parentElement.open = true;
    first?.focus();
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    form.addEventListener("click", (event) => {
      if (!event.target.closest("[data-edit-cancel]")) return;
      event.preventDefault();
      close();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = one("button[type=submit], button:not([type])", form);
      button.setAttribute("aria-busy", "true");
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Fragment": "edit-form" } }).catch(() => null);
      button.removeAttribute("aria-busy");
      if (!response?.ok) return say(one("[data-toasts]").dataset.failed, { kind: "error" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const again = one('[data-fragment="edit-form"]', page);
      if (again) {
        put(place, document.adoptNode(again), close);
        announce(one(".notice__title, .field__error", place)?.textContent.trim() ?? "");
        return;
      }
      document.title = page.title;
      const label = root.dataset.saved;
      const key = place.dataset.editAt;
      renew(page, place);
      if (!one("form.editing")) one(`[data-edit-at="${key}"] a[data-edit]`)?.focus();
      say(label);
    });
  }

  /** The page as it is now; a field that is being written in elsewhere on it is left alone. */
  function renew(page, place) {
    const open = all("form.editing").filter((form) => !place.contains(form));
    if (!open.length) {
      for (const part of replaceFragments(page, ["head", "more"])) bind(part);
      return;
    }
    for (const fresh of all("[data-edit-at]", page)) {
      const old = one(`[data-edit-at="${fresh.dataset.editAt}"]`);
      if (!old || open.some((form) => old.contains(form))) continue;
      old.replaceWith(document.adoptNode(fresh));
      bind(fresh);
    }
  }
}

// Suggestions beside the whole form: pressed, they are chosen in it.
document.addEventListener("click", (event) => {
  const offer = event.target.closest?.("form:not([data-behaviour~=sheet]) [data-offer]");
  if (!offer) return;
  const form = offer.closest("form");
  const box = one(`[name="${offer.dataset.offerField}"][value="${CSS.escape(offer.dataset.offer)}"]`, form);
  const field = one(`[name="${offer.dataset.offerField}"]`, form);
  if (box?.type === "checkbox") box.checked = true;
  else if (field) field.value = offer.dataset.offer;
  (box ?? field)?.dispatchEvent(new Event("change", { bubbles: true }));
  offer.remove();
});
