"use strict";
// Sorts a table by the column whose header is pressed; pressed again, the other way round.
// Numbers start with the highest; cells without a number stay last either way.
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const header = button.closest("th");
    const table = header.closest("table");
    const numeric = header.classList.contains("number");
    const first = numeric ? "descending" : "ascending";
    const second = numeric ? "ascending" : "descending";
    const order = header.getAttribute("aria-sort") === first ? second : first;
    for (const other of header.parentNode.children) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const cell = (row) => row.cells[header.cellIndex].textContent;
    const number = (text) => {
      const found = text.replace(/,/g, "").replace("\u2212", "-").match(/-?\d*\.?\d+(e[-+]?\d+)?/i);
      return found ? Number(found[0]) : NaN;
    };
    const compare = (a, b) => {
      if (!numeric) return sign * cell(a).localeCompare(cell(b), "en", { numeric: true });
      const [x, y] = [number(cell(a)), number(cell(b))];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
      return sign * (x - y);
    };
    table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
  });
}
