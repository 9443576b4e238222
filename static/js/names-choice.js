/* Buttons that name what was chosen: "Use in Brauwerk Lindau". They may stand outside the form (form="ID"). */

import { all, one } from "./dom.js";

export default function namesChoice(form) {
  const buttons = [...all("[data-names]", form), ...all(`[data-names][form="${form.id}"]`)];
  const hidden = one(".combobox input[type=hidden]", form);
  const other = one(".combobox input:not([type=hidden])", form);
  const name = () => {
    const radio = one("input[type=radio]:checked", form);
    const chosen = hidden?.value ? other.value : radio?.dataset.name;
    for (const button of buttons) button.textContent = chosen ? button.dataset.names.replace("#", chosen) : button.dataset.rest;
  };
  for (const button of buttons) button.dataset.rest = button.textContent;
  form.addEventListener("change", (event) => {
    if (event.target.type === "radio" && hidden) {
      hidden.value = "";
      other.value = "";
    }
    if (event.target === hidden && hidden.value) {
      const radio = one("input[type=radio]:checked", form);
      if (radio) radio.checked = false;
    }
    name();
  });
  name();
}
