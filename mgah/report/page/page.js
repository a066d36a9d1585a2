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

// A table that is wider than its place says so; what is folded has no width until it is opened.
const HINT = "Scrolls sideways →";
function hint(box) {
  const wide = box.scrollWidth > box.clientWidth + 1;
  const there = box.nextElementSibling?.classList.contains("hint");
  if (wide && !there) {
    const text = document.createElement("p");
    text.className = "hint";
    text.textContent = HINT;
    box.after(text);
  } else if (!wide && there) box.nextElementSibling.remove();
}
const watch = new ResizeObserver((changes) => changes.forEach((change) => hint(change.target)));
document.querySelectorAll(".box").forEach((box) => watch.observe(box));

// A link into a folded part unfolds it.
function unfoldTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target?.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  target?.scrollIntoView();
}
addEventListener("hashchange", unfoldTarget);
unfoldTarget();

const unfold = document.querySelector("#unfold");
unfold.addEventListener("click", () => {
  const open = unfold.ariaPressed === "false";
  document.querySelectorAll("details").forEach((part) => (part.open = open));
  unfold.ariaPressed = String(open);
  unfold.textContent = open ? "Fold all" : "Unfold all";
});

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

// The interactive table: DataTables is a module with a style sheet, and both lie packed in the page, as its cells do.
function unpacked(id) {
  const content = atob(document.getElementById(id).textContent);
  const packed = new Blob([Uint8Array.from(content, (letter) => letter.charCodeAt(0))]);
  return new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

async function showScores() {
  const parts = ["datatables", "datatables-style", "all-scores-cells"];
  const [script, rules, cells] = await Promise.all(parts.map(unpacked));
  const style = document.createElement("style");
  style.textContent = rules;
  document.head.prepend(style); // the page's own rules come later, and win
  const module = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const { ITable } = await import(module);
  const table = document.getElementById("all-scores-table");
  table.replaceChildren();
  new ITable(table, JSON.parse(cells));
}
showScores();

// It takes its colors from a class.
const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark", dark.matches);
dark.addEventListener("change", paint);
paint();

// Print shows what is folded.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => (part.open = true)));
