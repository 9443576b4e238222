/* Two pictures of a page: beside each other, one over the other with a slider, or only the words. */

export default function compare(element) {
  const pair = element.closest("[data-pair]");
  const sides = pair?.querySelector(".pair__sides");
  if (!sides) return;
  const slider = document.createElement("input");
  slider.type = "range";
  slider.className = "pair__swipe";
  slider.min = 0;
  slider.max = 100;
  slider.value = 50;
  slider.setAttribute("aria-label", element.getAttribute("aria-label"));
  slider.addEventListener("input", () => sides.style.setProperty("--swipe", `${slider.value}%`));
  sides.after(slider);
}
