"use strict";
// What a reader may ask of the page. It works from a file and asks the network for nothing; without
// it every word, figure and row is there all the same.

// Rows of a table that show until more are asked for, and how many more come each time: a page with
// ten thousand of them on it is slow to sort.
const SHOWN = 25;
const MORE = 500;
// A table with more rows than this has a box to filter it.
const FEW = 10;

const make = (name, text, properties) =>
  Object.assign(document.createElement(name), { textContent: text }, properties);

const button = (text, action) => {
  const made = make("button", text, { type: "button" });
  made.addEventListener("click", action);
  return made;
};

const tools = (...parts) => {
  const made = make("div", "", { className: "tools" });
  made.append(...parts);
  return made;
};

const counted = (count, noun) =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

function download(text, type, name) {
  const link = make("a", "", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// "Table 2. Best heads: helix" gives "table-2-best-heads-helix.csv".
const fileName = (words, ending) =>
  words.toLowerCase().match(/[a-z0-9]+/g).join("-").slice(0, 60) + ending;

// What a cell is sorted by: its first number, whether it is a bound ("< 1e-300" comes just before
// 1e-300), then its other numbers. A hyphen after a digit is that of a range.
function numbers(text) {
  const plain = text
    .replace(/\u2212/g, "-")
    .replace(/(\d),(?=\d{3}(?!\d))/g, "$1")
    .replace(/\u221e|\binf(inity)?\b/gi, "1e999");
  const found = plain.match(/((?<![\d.)])-)?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/gi);
  if (!found) return null;
  const [first, ...rest] = found.map(Number);
  const sign = plain.match(/^[^\d]*?([<>\u2264\u2265])/)?.[1];
  const bound = sign === undefined ? 0 : "<\u2264".includes(sign) ? -1 : 1;
  return [first, bound, ...rest];
}

function compareNumbers(a, b) {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] !== b[i]) return (a[i] ?? -Infinity) < (b[i] ?? -Infinity) ? -1 : 1;
  }
  return 0;
}

const compareWords = new Intl.Collator("en", { numeric: true }).compare;

const cells = (row) => Array.from(row.cells, (cell) => cell.textContent);

// Cells without a number come last, whichever way the others go.
function sorted(rows, column, numeric, sign) {
  const keyed = rows.map((row) => {
    const text = row.cells[column].textContent;
    return { row, key: numeric ? numbers(text) : text };
  });
  const compare = numeric ? compareNumbers : compareWords;
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
    return sign * compare(a.key, b.key);
  });
  return keyed.map((entry) => entry.row);
}

const quoted = (cell) => (/[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);
const csv = (lines) => lines.map((line) => line.map(quoted).join(",") + "\r\n").join("");

// A table that is sorted by its headings, filtered, shown in part and saved.
class Table {
  constructor(block) {
    this.table = block.querySelector("table");
    this.caption = block.querySelector(".caption").textContent;
    this.body = this.table.tBodies[0];
    this.rows = [...this.body.rows];
    this.words = [];
    this.limit = SHOWN;
    this.headers = [...this.table.tHead.rows[0].cells];
    this.headings = cells(this.table.tHead.rows[0]);
    this.status = make("span", "");
    this.status.setAttribute("role", "status");
    this.more = button("", () => {
      this.limit += MORE;
      this.show();
    });
    this.save = button("", () => {
      const lines = [this.headings, ...this.found().map(cells)];
      download(csv(lines), "text/csv", fileName(this.caption, ".csv"));
    });
    const scroll = block.querySelector(".scroll");
    scroll.before(tools(...(this.rows.length > FEW ? [this.filter()] : []), this.status));
    scroll.after(tools(this.more, this.save));
    this.headers.forEach((header, column) => this.sortBy(header, column));
    this.show();
  }

  filter() {
    const box = make("input", "", { type: "search", autocomplete: "off" });
    box.addEventListener("input", () => {
      this.words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      this.show();
    });
    const label = make("label", "Filter rows ");
    label.append(box);
    return label;
  }

  sortBy(header, column) {
    const numeric = header.classList.contains("number");
    const [first, second] = numeric ? ["descending", "ascending"] : ["ascending", "descending"];
    header.replaceChildren(
      button(header.textContent, () => {
        const order = header.getAttribute("aria-sort") === first ? second : first;
        for (const other of this.headers) other.removeAttribute("aria-sort");
        header.setAttribute("aria-sort", order);
        this.rows = sorted(this.rows, column, numeric, order === "ascending" ? 1 : -1);
        this.show();
      }),
    );
  }

  found() {
    if (this.words.length === 0) return this.rows;
    this.texts ??= new Map(this.rows.map((row) => [row, cells(row).join("\n").toLowerCase()]));
    return this.rows.filter((row) => this.words.every((word) => this.texts.get(row).includes(word)));
  }

  show() {
    const found = this.found();
    const shown = found.slice(0, this.limit);
    const fragment = document.createDocumentFragment();
    for (const row of shown) fragment.append(row);
    this.body.replaceChildren(fragment);
    const total = counted(this.rows.length, "row");
    const matched = this.words.length > 0 ? `${found.length.toLocaleString("en")} of ${total} match` : total;
    const rest = found.length - shown.length;
    const part = rest > 0 ? `, the first ${shown.length.toLocaleString("en")} shown` : "";
    this.status.textContent = this.rows.length > FEW ? matched + part : "";
    this.more.hidden = rest === 0;
    this.more.textContent = `Show ${counted(Math.min(rest, MORE), "more row")}`;
    this.save.textContent = this.words.length > 0 ? `Download ${counted(found.length, "row")} as CSV` : "Download as CSV";
  }
}

function offerSvg(figure) {
  const caption = figure.querySelector("figcaption");
  const save = button("Download SVG", () => {
    const text = new XMLSerializer().serializeToString(figure.querySelector("svg"));
    download(text, "image/svg+xml", fileName(caption.textContent, ".svg"));
  });
  save.setAttribute("aria-label", `Download ${figure.id.replace("-", " ")} as SVG`);
  caption.after(tools(save));
}

function offerCopy(block) {
  const status = make("span", "");
  status.setAttribute("role", "status");
  const copy = button("Copy", async () => {
    // Selected first: where copying is not allowed, the keys for it still work.
    getSelection().selectAllChildren(block);
    let copied = true;
    try {
      await navigator.clipboard.writeText(block.textContent);
    } catch {
      copied = document.execCommand("copy");
    }
    status.textContent = copied ? "Copied" : "Selected: press Ctrl+C or \u2318C";
  });
  block.after(tools(copy, status));
}

// Opens what the address points to, and what that lies in.
function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  for (let e = target?.querySelector(":scope > details") ?? target; e; e = e.parentElement) {
    if (e.localName === "details") e.open = true;
  }
  target?.scrollIntoView();
}

for (const block of document.querySelectorAll(".table")) new Table(block);
for (const figure of document.querySelectorAll("figure")) offerSvg(figure);
for (const block of document.querySelectorAll(".copy")) offerCopy(block);
addEventListener("hashchange", reveal);
if (location.hash) reveal();

// Paper has no triangles to press.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const details of opened) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
});
