/** The drawing of the graph explorer, by Cytoscape. @module */
import { h } from "../core/dom.js";
import { token } from "../core/theme.js";
import { seriesColour } from "./chart.js";
import { twinName } from "./twins.js";

/** Shapes of models, so that colour never stands alone. */
export const shapes = [
  "ellipse", "rectangle", "triangle", "diamond", "hexagon", "pentagon", "round-rectangle", "star", "vee",
  "octagon",
  "rhomboid", "barrel", "heptagon", "tag",
];

/** Signs of what differs between two worlds. */
export const marks = { same: "", added: "+ ", removed: "− ", changed: "~ ", absent: "? " };

/** With more relationships than these only those that differ are named in the drawing; the list names all. */
const mostLabels = 24;

/** The colour and shape of a model: the same ones for as long as the world has the same models. */
export function look(models, model) {
  const index = models.items.findIndex((item) => item.id === model);
  return index < 0 ? { colour: token("--quiet"), shape: "ellipse" }
    : { colour: seriesColour(index), shape: shapes[index % shapes.length] };
}

/**
 * Makes the drawing.
 * @param {Element} box
 * @param {{onSelect: (ids: string[]) => void, onOpen?: (id: string) => void}} on
 */
export async function makeDrawing(box, on) {
  const { c: cytoscape } = await import("/page/lib/cytoscape/cytoscape.js");
  // Cytoscape writes a style element unless there is one of this id; panels.css has what it would say.
  if (!document.getElementById("__________cytoscape_stylesheet")) {
    document.body.append(h("span", { id: "__________cytoscape_stylesheet", hidden: true }));
  }
  // Cytoscape gives up for good when its container leaves its parent: it has one in the box, which may.
  const container = h("div", { class: "graph-canvas" });
  box.append(container);
  const cy = cytoscape({ container, elements: [], minZoom: 0.1, maxZoom: 4, boxSelectionEnabled: true });
  let isTelling = true;
  new ResizeObserver(() => cy.resize()).observe(box);
  cy.on("select unselect", "node", () => {
    if (!isTelling) return;
    isTelling = false;
    queueMicrotask(() => {
      isTelling = true;
      on.onSelect(cy.nodes(":selected").map((node) => node.id()));
    });
  });
  // Not Cytoscape's own double tap, which takes taps at two different places for one.
  let tapped = { id: null, time: 0 };
  cy.on("tap", (event) => {
    const id = event.target === cy || !event.target.isNode() ? null : event.target.id();
    if (id !== null && id === tapped.id && event.timeStamp - tapped.time < 400) on.onOpen?.(id);
    tapped = { id, time: event.timeStamp };
  });

  let sizing = false;
  cy.on("zoom", () => {
    if (sizing) return;
    sizing = true;
    requestAnimationFrame(() => {
      sizing = false;
      size();
    });
  });

  /** Keeps texts and signs readable from further away. */
  function size() {
    const scale = Math.min(Math.max(1 / cy.zoom(), 1), 3);
    cy.batch(() => {
      cy.nodes().style({ "font-size": 11 * scale, width: 26 * scale, height: 26 * scale,
        "text-max-width": 110 * scale });
      cy.edges().style({ "font-size": 9 * scale, width: 1.4 * scale });
    });
  }

  function quietly(work) {
    const before = isTelling;
    isTelling = false;
    work();
    isTelling = before;
  }

  /** Arranges all nodes by the name of a layout, or at the places given. */
  function arrange(name, isFirst = true) {
    if (typeof name !== "string") {
      cy.nodes().positions((node) => name.get(node.id()));
      cy.fit(undefined, 30);
    } else lay(name, isFirst);
    if (cy.zoom() > 1.4) {
      cy.zoom(1.4);
      cy.center();
    }
    size();
  }

  function lay(name, isFirst) {
    const options = {
      cose: {
        randomize: isFirst, nodeRepulsion: () => 9000, idealEdgeLength: () => 70, gravity: 0.4, numIter: 1000,
        componentSpacing: 60, nodeDimensionsIncludeLabels: false,
      },
      breadthfirst: { directed: false, spacingFactor: 1.1 },
      concentric: { minNodeSpacing: 30 },
    }[name] ?? {};
    cy.layout({ name, animate: false, fit: true, padding: 30, nodeDimensionsIncludeLabels: true,
      ...options }).run();
    if (name === "cose") widen();
  }

  /** Springs know nothing of the box: what is too narrow for it is drawn out. */
  function widen() {
    const { w, h: high, x1 } = cy.nodes().boundingBox({ includeLabels: false });
    const factor = Math.min(1.8, (high * cy.width()) / (Math.max(w, 1) * cy.height()));
    if (factor <= 1.05 || cy.nodes().length < 4) return;
    cy.nodes().positions((node) => ({ x: x1 + (node.position("x") - x1) * factor, y: node.position("y") }));
    cy.fit(undefined, 30);
  }

  return {
    arrange,
    fit: () => cy.fit(undefined, 30),
    png: () => cy.png({ output: "blob-promise", bg: token("--panel"), full: true, scale: 2 }),
    select(ids) {
      quietly(() => cy.batch(() => cy.nodes().forEach((node) => {
        if (ids.includes(node.id())) node.select();
        else node.unselect();
      })));
    },

    /** Shows nodes and edges; arranges them anew when nodes came or went. */
    show({ nodes, edges, models, near }, layout) {
      let isOther = false;
      // Where the box was out of the document meanwhile, Cytoscape must be told to look at it again.
      cy.resize();
      quietly(() => cy.batch(() => {
        const keys = new Set([...nodes.keys(), ...[...edges.keys()].map((key) => `e ${key}`)]);
        cy.elements().forEach((element) => {
          if (keys.has(element.id())) return;
          isOther ||= element.isNode();
          element.remove();
        });
        const from = near === null ? null : cy.getElementById(near);
        for (const node of nodes.values()) {
          const isNew = cy.getElementById(node.id).length === 0;
          const data = { id: node.id, label: marks[node.state] + labelOf(node), ...look(models, node.model) };
          if (isNew) {
            isOther = true;
            const middle = from?.length ? from.position() : { x: 0, y: 0 };
            const angle = Math.PI * 2 * ((nodes.size * 0.618) % 1) + cy.nodes().length;
            cy.add({ group: "nodes", data, position: {
              x: middle.x + 70 * Math.cos(angle), y: middle.y + 70 * Math.sin(angle),
            } });
          } else cy.getElementById(node.id).data(data);
          cy.getElementById(node.id).classes(node.state);
        }
        const hasLabels = edges.size <= mostLabels;
        for (const edge of edges.values()) {
          const id = `e ${edge.key}`;
          const label = hasLabels || edge.state !== "same" ? marks[edge.state] + edge.label : "";
          const data = { id, source: edge.source, target: edge.target, label };
          const found = cy.getElementById(id);
          if (found.length === 0) cy.add({ group: "edges", data });
          else found.data({ label: data.label });
          cy.getElementById(id).classes(edge.state).unselectify();
        }
        cy.style(styles());
      }));
      size();
      if (isOther) arrange(layout, near === null);
    },
  };
}

function labelOf({ id, twin, title }) {
  const name = title ?? twinName(twin) ?? id;
  return name === "" ? id : name;
}

function styles() {
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
