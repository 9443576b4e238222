/* A row of choices that is wider than its place: begin where the chosen one is seen. */

import { one } from "./dom.js";

export default function inView(row) {
  const chosen = one("[aria-current]", row);
  if (!chosen || row.scrollWidth <= row.clientWidth) return;
  const { left, width } = chosen.getBoundingClientRect();
  row.scrollLeft += left - row.getBoundingClientRect().left - (row.clientWidth - width) / 2;
}
