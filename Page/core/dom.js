/**
 * Elements. `h` makes them; whatever is a function instead of a value is asked again when the language changes.
 * @module
 */

const SVG = "http://www.w3.org/2000/svg";
const svgTags = new Set(["svg", "g", "path", "line", "rect", "circle", "polyline", "polygon", "text", "title"]);
const live = new WeakMap();

/**
 * Makes an element.
 *
 *     h("button", { class: "quiet", onclick: () => save(), title: () => T.hint }, () => T.save)
 *
 * Names that begin with `on` are listeners; `class`, `dataset` and `style` (an object) are themselves; `true` and
 * `false` set and leave out an attribute. Children are text, nodes, arrays, functions that give text, or nothing.
 * Data is never read as markup.
 * @param {string} tag
 * @param {object} [properties]
 * @param {...any} children
 * @returns {Element}
 */
export function h(tag, properties = {}, ...children) {
  const element = svgTags.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (typeof value === "function") {
      bind(element, () => attribute(element, name, value()));
    } else {
      attribute(element, name, value);
    }
  }
  append(element, children);
  return element;
}

/** Puts new children into an element in place of those it has. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** A small button with a picture (see `icon`), named by its title. */
export function toolButton(id, title, path, onclick) {
  return h("button", { class: "tool small", id, title, "aria-label": title, onclick }, icon(path));
}

/** Asks everything that was given as a function again, in an element and all below it. */
export function refresh(root = document.documentElement) {
  for (const element of [root, ...root.querySelectorAll("[data-live]")]) {
    for (const update of live.get(element) ?? []) update();
  }
}

/** The element with an id, which the page has. */
export function byId(id) {
  return document.getElementById(id);
}

/** A picture of 24 by 24 drawn with one path, hidden from screen readers. */
export function icon(path) {
  return h("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, h("path", { d: path }));
}

function bind(element, update) {
  if (!live.has(element)) {
    live.set(element, []);
    element.setAttribute("data-live", "");
  }
  live.get(element).push(update);
  update();
}

function attribute(element, name, value) {
  if (name === "style" || name === "dataset") {
    for (const [key, each] of Object.entries(value)) {
      if (name === "dataset") element.dataset[key] = each;
      else element.style.setProperty(key, each);
    }
  } else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") {
    element[name] = value ?? false;
  } else if (value === false || value === null || value === undefined) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value === true ? "" : value);
  }
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    if (typeof child === "function") {
      const text = document.createTextNode("");
      element.append(text);
      bind(element, () => {
        text.data = child() ?? "";
      });
    } else {
      element.append(child);
    }
  }
}
