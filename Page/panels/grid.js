/** A table of many rows of which only those in sight are drawn; sorted by its heads. @module */
import { fill, h } from "../core/dom.js";

const rowHeight = 28;
const spare = 12;

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {string|(() => string)} label
 * @property {boolean} [isNumber]
 * @property {(row: any) => any} value  by which it is sorted
 * @property {(row: any) => string|Node} show
 */

/**
 * Makes a table.
 * @param {object} options
 * @param {string|(() => string)} options.caption  for screen readers
 * @param {number} [options.most]  rows in sight at most
 * @returns {{element: Element, set: (columns: Column[], rows: any[]) => void, rows: () => any[]}}
 */
export function makeGrid({ caption, most = 14 }) {
  let columns = [];
  let rows = [];
  let sorted = [];
  let order = null;
  const head = h("thead");
  const body = h("tbody");
  const table = h("table", { class: "row-grid" }, h("caption", { class: "visually-hidden" }, caption), head,
    body);
  const element = h("div", { class: "row-grid-box", tabindex: "0", role: "region", "aria-label": caption,
    onscroll: () => draw() }, table);
  element.style.setProperty("--rows", String(most));

  function sort() {
    const column = columns.find((each) => each.key === order?.key);
    sorted = rows;
    if (!column) return;
    const sign = order.isDown ? -1 : 1;
    sorted = [...rows].sort((a, b) => compare(column.value(a), column.value(b), sign));
  }

  function drawHead() {
    fill(head, h("tr", {}, columns.map((column) => {
      const isSorted = order?.key === column.key;
      const mark = isSorted ? (order.isDown ? " ▾" : " ▴") : "";
      return h("th", {
        scope: "col",
        class: column.isNumber ? "number" : "",
        "aria-sort": isSorted ? (order.isDown ? "descending" : "ascending") : "none",
      }, h("button", { class: "quiet sorter", onclick: () => sortBy(column.key) }, column.label,
        h("span", { "aria-hidden": "true" }, mark)));
    })));
  }

  function sortBy(key) {
    if (order?.key !== key) order = { key, isDown: false };
    else if (!order.isDown) order = { key, isDown: true };
    else order = null;
    sort();
    drawHead();
    draw();
    const index = columns.findIndex((each) => each.key === key);
    head.querySelectorAll("button")[index]?.focus();
  }

  function draw() {
    const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - spare);
    const count = Math.ceil((element.clientHeight || most * rowHeight) / rowHeight) + 2 * spare;
    const last = Math.min(sorted.length, first + count);
    fill(body,
      space(first),
      sorted.slice(first, last).map((row, i) => h("tr", { "aria-rowindex": String(first + i + 2) },
        columns.map((column) => h("td", { class: column.isNumber ? "number" : "" }, column.show(row))))),
      space(sorted.length - last));
  }

  function space(count) {
    if (count <= 0) return null;
    const filler = h("td", { colspan: String(columns.length) });
    filler.style.height = `${count * rowHeight}px`;
    return h("tr", { class: "row-space", "aria-hidden": "true" }, filler);
  }

  return {
    element,
    rows: () => sorted,
    set(newColumns, newRows) {
      const isSame = newColumns.map((each) => each.key).join("\n") === columns.map((each) =>
        each.key).join("\n");
      columns = newColumns;
      rows = newRows;
      if (!isSame) {
        order = null;
        element.scrollTop = 0;
      }
      table.setAttribute("aria-rowcount", String(rows.length + 1));
      sort();
      drawHead();
      draw();
    },
  };
}

/** Numbers before texts, what is missing last whichever way. */
function compare(a, b, sign) {
  const isA = a === undefined || a === null;
  const isB = b === undefined || b === null;
  if (isA || isB) return Number(isA) - Number(isB);
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  if (typeof a !== typeof b) return sign * (typeof a === "number" ? -1 : 1);
  const [left, right] = [a, b].map((each) => (typeof each === "object" ? JSON.stringify(each)
    : String(each)));
  return sign * left.localeCompare(right);
}
