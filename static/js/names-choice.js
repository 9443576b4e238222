/* A button that names what was chosen: "Use in Brauwerk Lindau". */

import { one } from "./dom.js";

export default function namesChoice(form) {
  const button = one("[data-names]", form);
  const hidden = one(".combobox input[type=hidden]", form);
  const other = one(".combobox input:not([type=hidden])", form);
  const name = () => {
    const radio = one("input[type=radio]:checked", form);
    const chosen = hidden?.value ? other.value : radio?.dataset.name;
    button.textContent = chosen ? button.dataset.names.replace("#", chosen) : button.dataset.rest;
  };
  button.dataset.rest = button.textContent;
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
