/* What a person does before the page's scripts are there is kept, and done once they are. A classic script, first in the
   head: on a slow line the page is read, and pressed, long before its modules have come. */

(() => {
  const kept = [];

  const keep = (event) => {
    if (!(event.target instanceof Element)) return;
    // Links and forms find their way without scripts; such a button does nothing yet.
    const target = event.type === "click" ? event.target.closest('button[type="button"]') : event.target.closest("[data-behaviour]") && event.target;
    if (!target) return;
    const same = kept.findIndex((one) => one.type === event.type && one.target === target);
    if (same >= 0) kept.splice(same, 1);
    kept.push({ type: event.type, target });
  };

  const kinds = ["input", "change", "click"];
  for (const kind of kinds) document.addEventListener(kind, keep, true);
  document.addEventListener("bound", () => {
    for (const kind of kinds) document.removeEventListener(kind, keep, true);
    for (const { type, target } of kept) {
      if (!target.isConnected) continue;
      if (type === "click") target.click();
      else target.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }, { once: true });
})();
