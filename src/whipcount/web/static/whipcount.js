// Comfort for those who have JavaScript; every page works without it.
"use strict";

// The words of scripts in the language of the page, {names} in them filled in; in English where the page says nothing else.
const _ = (() => {
  const known = JSON.parse(document.getElementById("words")?.textContent || "{}");
  return (words, values = {}) => (known[words] || words).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
})();

// Arrow keys move between the cells of the board.
document.addEventListener("keydown", (event) => {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const cell = event.target.closest && event.target.closest(".board td, .board th");
  if (!cell || !(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const rows = [...cell.closest("table").rows];
  const [down, right] = steps[event.key];
  let row = cell.parentElement.rowIndex + down;
  let column = cell.cellIndex + right;
  // Cells without a position have nothing to follow: pass over them.
  while (rows[row] && rows[row].cells[column]) {
    const link = rows[row].cells[column].querySelector("a");
    if (link) {
      event.preventDefault();
      link.focus();
      return;
    }
    row += down;
    column += right;
  }
});

// A chosen statement is brought to the middle of the window, with its entry in the list beside it.
window.addEventListener("load", () => {
  const words = document.querySelector("mark.chosen");
  if (words) words.scrollIntoView({ block: "center" });
});

// A list of options shows its timeline at once.
const option = document.getElementById("option");
if (option && option.form) option.addEventListener("change", () => option.form.requestSubmit());
