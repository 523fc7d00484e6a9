/** How twins and relationships look in the graph: by model, and by what differs. @module */
import { token } from "../core/theme.js";
import { seriesColour } from "./chart.js";

/** Shapes of models, so that colour never stands alone. */
export const shapes = [
  "ellipse", "rectangle", "triangle", "diamond", "hexagon", "pentagon", "round-rectangle", "star", "vee",
  "octagon",
  "rhomboid", "barrel", "heptagon", "tag",
];

/** Signs of what differs between two worlds. */
export const marks = { same: "", added: "+ ", removed: "− ", changed: "~ ", absent: "? " };

/** The colour and shape of a model: the same ones for as long as the world has the same models. */
export function look(models, model) {
  const index = models.items.findIndex((item) => item.id === model);
  return index < 0 ? { colour: token("--quiet"), shape: "ellipse" }
    : { colour: seriesColour(index), shape: shapes[index % shapes.length] };
}

/** What Cytoscape is told. */
export function styles() {
  const font = getComputedStyle(document.body).fontFamily;
  const [text, line, quiet, panel] = ["--text", "--line", "--quiet", "--panel"].map(token);
  return [
    { selector: "node", style: {
      "background-color": "data(colour)", shape: "data(shape)", width: 26, height: 26, label: "data(label)",
      color: text, "font-size": 11, "font-family": font, "text-valign": "bottom", "text-margin-y": 4,
      "text-max-width": 120, "text-wrap": "ellipsis", "text-outline-color": panel, "text-outline-width": 2,
      "border-width": 1.5, "border-color": panel,
    } },
    { selector: "edge", style: {
      width: 1.4, "line-color": quiet, "line-opacity": 0.7, "target-arrow-color": quiet,
      "target-arrow-shape": "triangle",
      "arrow-scale": 0.9, "curve-style": "bezier", label: "data(label)", color: quiet, "font-size": 9,
      "font-family": font,
      "text-rotation": "autorotate", "text-outline-color": panel, "text-outline-width": 2,
      "min-zoomed-font-size": 7,
    } },
    { selector: "node:selected", style: { "border-width": 4, "border-color": text, "font-weight": "bold" } },
    nodeStyle("added", "double", token("--good"), { "border-width": 4 }),
    nodeStyle("removed", "dashed", token("--bad"), { "background-opacity": 0.4 }),
    nodeStyle("changed", "dotted", token("--warn")),
    nodeStyle("absent", "dashed", line, { "background-opacity": 0.15, "text-opacity": 0.7 }),
    edgeStyle("added", "solid", "--good"),
    edgeStyle("removed", "dashed", "--bad"),
    edgeStyle("changed", "dotted", "--warn"),
  ];
}

function nodeStyle(state, border, colour, more = {}) {
  const style = { "border-width": 3, "border-style": border, "border-color": colour, ...more };
  return { selector: `node.${state}`, style };
}

function edgeStyle(state, line, name) {
  const colour = token(name);
  return { selector: `edge.${state}`, style: {
    "line-opacity": 1, "line-style": line, "line-color": colour, "target-arrow-color": colour, color: colour,
  } };
}
