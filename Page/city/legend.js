/** The legend: what colours, how values spread, from where to where the scale goes, and what has no value. @module */
import { byId, fill, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { store } from "../core/store.js";
import { nameOfWorld } from "../worlds/list.js";
import { closedCount, mostClosed, onClosed } from "./closed.js";
import { onData } from "./data.js";
import { allLayers, layerOf } from "./layers.js";
import { propertyTitle } from "./properties.js";
import { colourProperty, colourRange, tallScale } from "./range.js";
import { gradient, valueScales } from "./scales.js";
import { counts, onStates } from "./states.js";
import { valuesOf } from "./values.js";
import { isDifference } from "./views.js";

const T = words({
  colour: ["Colour by", "색으로 볼 값"],
  legend: ["Legend", "범례"],
  none: ["nothing", "없음"],
  tall: ["Height:", "높이:"],
  stands: [(most) => `250 m stand for ${most}`, (most) => `250 m가 ${most}`],
  scale: ["Scale", "색 눈금"],
  from: ["Colours from", "색 시작 값"],
  to: ["Colours up to", "색 끝 값"],
  fit: ["Fit", "맞춤"],
  noValue: [(n) => `no value: ${n}`, (n) => `값 없음: ${n}`],
  spread: [(n, low, high) => `${n} values from ${low} to ${high}`, (n, low, high) => `값 ${n}개, ${low}~${high}`],
  difference: [(a, b) => `${a} minus ${b}`, (a, b) => `${a} − ${b}`],
  largest: ["Colours up to ±", "색 끝 값 ±"],
  added: ["added", "생김"],
  gone: ["gone", "없어짐"],
  changed: ["changed", "바뀜"],
  closed: ["closed roads", "막힌 도로"],
});

const choice = h("div");
const shown = h("div");
const element = h("section", { id: "legend", "aria-label": () => T.legend }, choice, shown);
/** What the list offers; it stays as it is while somebody may have it open. */
let offered = "";

/** Puts the legend on the map. */
export function startLegend() {
  byId("city").append(element);
  store.on(["colour", "tall", "language", "mode", "world", "other", "theme", "who"], draw);
  onData(draw);
  onStates(draw);
  onClosed(draw);
  draw();
}

function draw() {
  const coloured = allLayers().filter(({ properties }) => properties.length > 0);
  element.hidden = coloured.length === 0;
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  if (focused?.startsWith("edge") && document.activeElement.dataset.dirty) return;
  const property = colourProperty();
  const { colour, language } = store.state;
  const now = JSON.stringify([language, colour?.model, colour?.path, coloured.map(({ model, properties }) =>
    [model, properties])]);
  if (now !== offered) fill(choice, chooser(coloured));
  offered = now;
  fill(shown, property && scale(property), isDifference() && states(), closedCount() > 0 && roads(), raised());
  if (focused) element.querySelector(`[data-key="${focused}"]`)?.focus();
}

function chooser(coloured) {
  const { colour } = store.state;
  const now = colour ? `${colour.model} ${colour.path}` : "";
  return h("label", { class: "legend-row" }, h("span", {}, T.colour), h("select", {
    id: "colour-by", "data-key": "by", onchange: ({ target }) => {
      const [model, path] = target.value.split(" ");
      store.set({ colour: target.value === "" ? null : { model, path } });
    },
  }, h("option", { value: "", selected: now === "" }, T.none), coloured.map((layer) =>
    h("optgroup", { label: displayName(layer.displayName, layer.model) }, layer.properties.map((each) => {
      const value = `${layer.model} ${each.path}`;
      return h("option", { value, selected: value === now }, propertyTitle(each));
    })))));
}

function scale(property) {
  const { colour, world, other } = store.state;
  const range = colourRange();
  const values = valuesOf("colour", 0, colour.model);
  const name = displayName(layerOf(colour.model).displayName, "");
  return [
    h("p", { class: "legend-title" }, h("b", {}, propertyTitle(property)), ` · ${name}`),
    range.isDifference && h("p", { class: "quiet-text" }, T.difference(nameOfWorld(world), nameOfWorld(other))),
    !range.isDifference && values && histogram(values, range, property),
    h("div", { class: "legend-bar", style: { background: gradient(range.scale) } }),
    range.isDifference ? differenceEdges(range, property) : edges(range, property),
    h("div", { class: "legend-row" },
      h("span", { class: "no-value" }, h("span", { class: "hatch", "aria-hidden": "true" }),
        T.noValue(number(values?.none ?? 0, null, { digits: 9 }))),
      !range.isDifference && scaleChoice(range)),
  ];
}

/** What marks features that only one of two worlds has, and those that differ. */
function states() {
  return h("ul", { class: "legend-states" }, ["added", "gone", "changed"].map((each) => h("li", {},
    h("span", { class: `hatch state-${each}`, "aria-hidden": "true" }),
    `${T[each]} ${number(counts[each], null, { digits: 9 })}${counts.isMore && each === "changed" ? "+" : ""}`)));
}

/** What marks roads that are closed. */
function roads() {
  return h("ul", { class: "legend-states" }, h("li", {}, h("span", { class: "hatch state-closed", "aria-hidden": "true" }),
    `${T.closed} ${number(closedCount(), null, { digits: 9 })}${closedCount() < mostClosed ? "" : "+"}`));
}

/** What gives heights, and what its numbers stand for. */
function raised() {
  const { tall } = store.state;
  const layer = tall && layerOf(tall.model);
  const property = layer?.properties.find(({ path }) => path === tall.path);
  if (!property) return null;
  const metres = tallScale();
  return h("p", { class: "legend-tall" },
    `${T.tall} `, h("b", {}, propertyTitle(property)), ` · ${displayName(layer.displayName, "")}`,
    metres !== 1 && h("span", { class: "quiet-text" }, ` (${T.stands(number(250 / metres, property.unit, { digits: 3 }))})`));
}

function scaleChoice(range) {
  return h("select", {
    "aria-label": T.scale, "data-key": "scale",
    onchange: ({ target }) => store.set({ colour: { ...store.state.colour, scale: target.value } }),
  }, valueScales.map((each) => h("option", { value: each, selected: each === range.scale }, each)));
}

function histogram({ counts, low, high, some }, { from, to }, { unit }) {
  const top = Math.max(1, ...counts);
  const span = to - from;
  const step = (high - low) / counts.length;
  const bars = [];
  counts.forEach((count, i) => {
    const [a, b] = [low + i * step, low + (i + 1) * step].map((each) => ((each - from) / span) * 216);
    const [left, right] = [Math.max(0, a), Math.min(216, b)];
    if (count > 0 && right > left) {
      const tall = Math.max(1.5, 34 * Math.sqrt(count / top));
      bars.push(`M${left.toFixed(1)} 36V${(36 - tall).toFixed(1)}H${right.toFixed(1)}V36Z`);
    }
  });
  const label = T.spread(number(some, null, { digits: 9 }), number(low, unit), number(high, unit));
  return h("svg", {
    class: "histogram", viewBox: "0 0 216 36", role: "img", "aria-label": label, preserveAspectRatio: "none",
  }, h("path", { d: bars.join("") }));
}

function edges({ from, to }, property) {
  const set = (which) => ({ target }) => {
    delete target.dataset.dirty;
    const value = Number(target.value);
    const next = which === 0 ? [value, to] : [from, value];
    if (target.value !== "" && next[0] < next[1]) store.set({ colour: { ...store.state.colour, range: next } });
    else draw();
  };
  return h("div", { class: "legend-row edges" }, edge("edge-from", T.from, from, set(0)),
    store.state.colour.range && h("button", { class: "quiet", "data-key": "fit", onclick: fit }, T.fit),
    h("span", { class: "quiet-text" }, number((from + to) / 2, property.unit, { digits: 3 })),
    edge("edge-to", T.to, to, set(1)));
}

function fit() {
  const { range, ...colour } = store.state.colour;
  store.set({ colour });
}

function differenceEdges({ to }, property) {
  const set = ({ target }) => {
    delete target.dataset.dirty;
    const value = Math.abs(Number(target.value));
    if (value > 0) store.set({ colour: { ...store.state.colour, differenceRange: value } });
  };
  return h("div", { class: "legend-row edges" }, h("span", {}, number(-to, property.unit, { digits: 3 })),
    h("span", { class: "quiet-text" }, "0"), edge("edge-difference", T.largest, Number(to.toPrecision(3)), set));
}

function edge(key, label, value, onchange) {
  return h("input", {
    type: "number", step: "any", "aria-label": label, "data-key": key,
    value: String(Number(value.toPrecision(4))), onchange,
    oninput: ({ target }) => {
      target.dataset.dirty = "yes";
    },
  });
}
