/** What colours, shapes and signs of the graph mean. @module */
import { fill, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { words } from "../core/i18n.js";
import { look, marks } from "./graph-drawing.js";
import { sides } from "./sides.js";

const T = words({
  only: [(world) => `only in ${world}`, (world) => `${world}에만 있음`],
  changed: ["differs between the two", "두 세계가 다름"],
  absent: ["not there at this instant", "이 시점에 없음"],
});

/** Outlines of the shapes in a square of 20. */
const outlines = {
  ellipse: "M18 10a8 8 0 1 1-16 0a8 8 0 1 1 16 0z",
  rectangle: "M3 3h14v14H3z",
  triangle: "M10 2l8 15H2z",
  diamond: "M10 1l9 9-9 9-9-9z",
  hexagon: "M5 3h10l4 7-4 7H5l-4-7z",
  pentagon: "M10 1l9 7-3.4 10H4.4L1 8z",
  "round-rectangle": "M6 3h8a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3z",
  star: "M10 1l2.6 6.2 6.4.5-4.9 4.2 1.5 6.4L10 14.8l-5.6 3.5 1.5-6.4L1 7.700l6.400-.5z",
  vee: "M1 2l9 5 9-5-9 17z",
  octagon: "M6 2h8l4 4v8l-4 4H6l-4-4V6z",
  rhomboid: "M1 4h13l5 12H6z",
  barrel: "M4 2c4-1 8-1 12 0 2 5 2 11 0 16-4 1-8 1-12 0-2-5-2-11 0-16z",
  heptagon: "M10 1l7 3.400 2 7.600-5 6H6l-5-6 2-7.600z",
  tag: "M2 4h11l6 6-6 6H2z",
};

/** What a state is called, with the worlds by their names. */
export function stateWords(state) {
  const [mine, theirs] = sides();
  if (state === "added") return T.only(theirs?.name);
  if (state === "removed") return T.only(mine.name);
  return { changed: T.changed, absent: T.absent }[state] ?? "";
}

/** Draws the legend of what is shown. */
export function drawLegend(element, { nodes, edges, models }) {
  const counts = new Map();
  for (const { model } of nodes.values()) counts.set(model, (counts.get(model) ?? 0) + 1);
  const states = ["added", "removed", "changed", "absent"].filter((state) =>
    [...nodes.values(), ...edges.values()].some((each) => each.state === state));
  fill(element,
    [...counts].filter(([model]) => model).sort((a, b) => b[1] - a[1]).map(([model, count]) => h("li", {},
      sample(look(models, model)), models.name(model), h("span", { class: "quiet-text" }, number(count)))),
    states.map((state) => h("li",
      { class: `diff-state ${state}` }, h("b", {}, marks[state].trim()), stateWords(state))));
}

/** A model's sign. */
export function sample({ colour, shape }) {
  return h("svg", { class: "model-sign", viewBox: "0 0 20 20", "aria-hidden": "true" },
    h("path", { d: outlines[shape], style: { fill: colour } }));
}
