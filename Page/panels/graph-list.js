/** The graph as a list, and the ways on from one of its twins: all that the drawing has, by keys. @module */
import { fill, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { store } from "../core/store.js";
import { keepingFocus } from "../core/calm.js";
import { twinName } from "./twins.js";
import { step } from "./graph-data.js";
import { look, marks } from "./graph-style.js";
import { sample, stateWords } from "./graph-legend.js";

const T = words({
  expand: [(way, n) => `${way}: bring ${n}`, (way, n) => `${way}: ${n}개 가져오기`],
  all: ["all here", "모두 있음"],
  next: [(n) => `+ ${n}`, (n) => `+ ${n}`],
  of: [(n, all) => `${n} of ${all}`, (n, all) => `${all}개 중 ${n}개`],
  remove: ["Take out of the graph", "그래프에서 빼기"],
  out: ["leads to", "나가는"],
  into: ["comes from", "들어오는"],
  ways: ["Relationships", "관계"],
  none: ["No relationships.", "관계가 없습니다."],
});

/** Draws the selected twin and its relationships, each with how many of its neighbours are here. */
export function drawDetail(element, { nodes, edges, models }, id, ways, { expand, remove }) {
  const { twin, model, state } = nodes.get(id);
  keepingFocus(element, () => fill(element,
    h("div", { class: "row" },
      sample(look(models, model)),
      h("b", {}, twinName(twin) || id),
      h("span", { class: "quiet-text" }, model ? models.name(model) : ""),
      h("code", { class: "quiet-text" }, id),
      state === "same" ? null : h("span",
        { class: `chip diff-state ${state}` }, `${marks[state]}${stateWords(state)}`),
      h("span", { class: "stretch" }),
      h("button", { class: "quiet", onclick: () => remove(id) }, T.remove)),
    ways.length === 0 ? h("p", { class: "quiet-text" }, T.none)
      : h("ul", { class: "graph-ways", "aria-label": T.ways },
      ways.map((way) => {
        const here = [...edges.values()].filter((edge) =>
          edge.name === way.name && (way.isOut ? edge.source : edge.target) === id).length;
        const left = Math.max(0, way.n - here);
        const name = relationshipName(models, way.name);
        const count = Math.min(step, left);
        return h("li", {},
          h("span", { class: "way-arrow", title: way.isOut ? T.out : T.into }, way.isOut ? "→" : "←"),
          h("span", {}, name, h("span", { class: "visually-hidden" }, way.isOut ? T.out : T.into)),
          h("span", { class: "quiet-text" }, T.of(number(here), number(way.n))),
          left === 0 ? h("span", { class: "quiet-text" }, T.all)
            : h("button", {
              dataset: { key: `${way.isOut} ${way.name}` },
              "aria-label": T.expand(name, number(count)),
              onclick: () => expand(id, way),
            }, T.next(number(count))));
      }))));
}

/** Draws all twins with their relationships as a list. */
export function drawList(element, { nodes, edges, models }, { select }) {
  const { selection } = store.state;
  const leaving = (id) => [...edges.values()].filter((edge) => edge.source === id);
  const row = (node) => h("li", {},
    h("button", {
      class: "quiet",
      dataset: { key: node.id },
      "aria-pressed": String(selection.includes(node.id)),
      onclick: () => select(node.id),
    }, `${marks[node.state]}${twinName(node.twin) || node.id}`),
    h("span", { class: "quiet-text" }, node.model ? models.name(node.model) : stateWords(node.state)),
    h("ul", {}, leaving(node.id).map((edge) => h("li", {},
      `${marks[edge.state]}${edge.label} → ${twinName(nodes.get(edge.target).twin) || edge.target}`))));
  keepingFocus(element, () => fill(element, h("ul", { class: "graph-list" }, [...nodes.values()].map(row))));
}

/** What to call a relationship: as the first model says that has it. */
export function relationshipName(models, name) {
  for (const { definition } of models.items) {
    const found = [definition?.contents ?? []].flat().find((each) => each.name === name
      && each.target !== undefined);
    if (found) return displayName(found.displayName, name);
  }
  return name;
}
