/** The drawing of the graph explorer, by Cytoscape. @module */
import { h } from "../core/dom.js";
import { token } from "../core/theme.js";
import { look, marks, styles } from "./graph-style.js";
import { twinName } from "./twins.js";

/** With more relationships than these only those that differ are named in the drawing; the list names all. */
const mostLabels = 24;

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
