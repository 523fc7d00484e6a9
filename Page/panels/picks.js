/** Small controls of the panels. @module */
import { fill, h } from "../core/dom.js";

/**
 * A list that gives what is picked from it and then shows its label again: "Add a property…".
 * @param {string|(() => string)} label
 * @param {(value: string) => void} onPick
 * @returns {{element: Element, set: (options: {value: string, label: string}[]) => void}}
 */
export function adder(label, onPick) {
  const options = h("optgroup", { label });
  const element = h("select", {
    class: "adder",
    "aria-label": label,
    onchange: () => {
      const { value } = element;
      element.value = "";
      if (value !== "") onPick(value);
    },
  }, h("option", { value: "" }, label), options);
  return {
    element,
    set(all) {
      fill(options, all.map((each) => h("option", { value: each.value }, each.label)));
      element.hidden = all.length === 0;
    },
  };
}

/**
 * A list to choose one from, with its label before it.
 * @returns {{element: Element, set: (options: {value: string, label: string}[], value?: string) => void,
 *   value: () => string}}
 */
export function chooser(label, onChange) {
  const select = h("select", { "aria-label": label, onchange: () => onChange(select.value) });
  return {
    element: h("label", { class: "pick" }, h("span", {}, label), select),
    value: () => select.value,
    set(all, value = select.value) {
      fill(select, all.map((each) => h("option", { value: each.value }, each.label)));
      select.value = all.some((each) => each.value === value) ? value : (all[0]?.value ?? "");
    },
  };
}

/** What is opened to see more: a heading and its content, which is made when it is first opened. */
export function fold(label, make, isOpen = false) {
  const body = h("div", { class: "unfold-body" });
  const element = h("details", {
    class: "unfold",
    open: isOpen,
    ontoggle: () => {
      if (element.open) make(body);
    },
  }, h("summary", {}, label), body);
  if (isOpen) make(body);
  return element;
}

/**
 * A grid that is opened to see what a chart shows.
 * @param {() => string} label
 * @param {object} grid  of `makeGrid`
 * @param {() => [object[], object[]]} content  columns and rows
 * @returns {{element: Element, refresh: () => void}}
 */
export function foldedGrid(label, grid, content) {
  const element = fold(label, (body) => {
    if (!grid.element.isConnected) body.append(grid.element);
    grid.set(...content());
  });
  return {
    element,
    refresh() {
      if (element.open) grid.set(...content());
    },
  };
}
