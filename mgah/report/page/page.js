// Tables sort by a click on a heading: up, down, as they were. Cells without a value stay last.
const EMPTY = /^(|[–-]|n\/a\b.*|nan)$/i;
const text = (row, column) => row.cells[column].textContent.trim();
const number = (value) => parseFloat(value.replace(/,/g, "").replace("−", "-"));
const KINDS = {
  number: (a, b) => number(a) - number(b),
  text: (a, b) => a.localeCompare(b, "en", { numeric: true }),
};

function sort(table, rows, column, kind, direction) {
  const full = rows.filter((row) => !EMPTY.test(text(row, column)));
  const empty = rows.filter((row) => EMPTY.test(text(row, column)));
  const sign = direction === "descending" ? -1 : 1;
  full.sort((a, b) => sign * KINDS[kind](text(a, column), text(b, column)));
  table.tBodies[0].append(...(direction === "none" ? rows : [...full, ...empty]));
}

const NEXT = { none: "ascending", ascending: "descending", descending: "none" };
for (const table of document.querySelectorAll("table.sortable")) {
  const rows = [...table.tBodies[0].rows];
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    heading.ariaSort = "none";
    button.addEventListener("click", () => {
      const direction = NEXT[heading.ariaSort];
      for (const other of headings) other.ariaSort = "none";
      heading.ariaSort = direction;
      sort(table, rows, column, heading.dataset.sort, direction);
    });
  });
}

// Figures open in full size; Escape or a click closes them.
const dialog = document.querySelector("dialog");
for (const button of document.querySelectorAll("button.enlarge")) {
  button.addEventListener("click", () => {
    const { src, alt } = button.querySelector("img");
    Object.assign(dialog.querySelector("img"), { src, alt });
    dialog.showModal();
  });
}
dialog.addEventListener("click", () => dialog.close());

// Print shows what is folded.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => (part.open = true)));
