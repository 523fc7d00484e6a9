/** Tables and small parts that the admin pages share. @module */
import { h } from "../../core/dom.js";
import { ago, instant } from "../../core/format.js";

/**
 * A table that scrolls in itself when it is too wide.
 * @param {() => string} name  for screen readers
 * @param {{title: () => string, cell: (row: object) => any, class?: string}[]} columns
 * @param {object[]} rows
 * @param {(row: object) => string} [rowClass]
 */
export function table(name, columns, rows, rowClass = () => false) {
  return h("div", { class: "table-scroll", role: "region", tabindex: "0", "aria-label": name },
    h("table", {},
      h("thead", {}, h("tr", {}, columns.map((column) =>
        h("th", { scope: "col", class: column.class ?? false }, column.title)))),
      h("tbody", {}, rows.map((row) => h("tr", { class: rowClass(row) },
        columns.map((column) => h("td", { class: column.class ?? false }, column.cell(row))))))));
}

/** An instant as how long ago it is, exactly in its title. */
export function when(value) {
  if (!value) return h("span", { class: "quiet-text" }, "–");
  return h("time", { datetime: value, title: () => instant(value, { dateStyle: "full", timeStyle: "long" }) },
    () => ago(value));
}

/** A mark for how something stands: a word with a sign before it, so that colour is not all there is. */
export function mark(kind, text) {
  const signs = { good: "✓", bad: "✕", warn: "!", quiet: "–", busy: "…" };
  return h("span", { class: `mark ${kind}` }, h("span", { "aria-hidden": "true" }, signs[kind]), " ", text);
}

/** Check boxes for some of several values; `read()` of the answer gives those that are on. */
export function several(legend, options, chosen) {
  const boxes = options.map(({ value, label, hint }) => {
    const box = h("input", { type: "checkbox", name: value, checked: chosen.includes(value) });
    return { value, box, element: h("label", { class: "several" }, box, h("span", {}, label,
      hint && h("span", { class: "quiet-text" }, " · ", hint))) };
  });
  const element = h("fieldset", {}, h("legend", {}, legend), boxes.map((each) => each.element));
  return { element, read: () => boxes.filter(({ box }) => box.checked).map(({ value }) => value) };
}

/** The texts between commas. */
export function texts(value) {
  return value.split(",").map((each) => each.trim()).filter((each) => each !== "");
}

/** All items of a list that comes in pages, at most so many. */
export async function everything(get, path, query = {}, most = 2000) {
  const items = [];
  let cursor;
  do {
    const page = await get(path, { ...query, pageSize: 500, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined && items.length < most);
  return { items, isAll: cursor === undefined };
}
