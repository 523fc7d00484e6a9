/** The layer tree: models by inheritance, what is shown of them, how solid, coloured and raised by what. @module */
import { get, worldPath } from "../core/api.js";
import { byId, fill, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { data, onData } from "./data.js";
import { allLayers, layerOf, setLayer, widthOf } from "./layers.js";
import { baseColour } from "./look.js";
import { propertyTitle } from "./properties.js";

const T = words({
  title: ["Layers", "레이어"],
  opacity: ["Opacity", "불투명도"],
  colour: ["Colour by", "색"],
  tall: ["Height by", "높이"],
  plain: ["its layer", "레이어 색"],
  geometry: ["its shape", "형상 그대로"],
  settings: [(name) => `Settings of ${name}`, (name) => `${name} 설정`],
  none: ["Nothing here has a place on the map yet. Twins appear once they have a location, a path or an outline.",
    "지도에 나타낼 것이 아직 없습니다. 트윈에 위치, 선, 윤곽이 있으면 나타납니다."],
  missing: ["This server has no tiles.", "이 서버에는 타일이 없습니다."],
});

/** The models of the world by id, for names and inheritance. */
let models = new Map();
let known = "";
const open = new Set();

/** Starts following the layers. */
export function startLayerTree() {
  const update = latest(readModels, failed);
  onData(update);
  store.on(["language", "layers", "colour", "tall", "theme"], draw);
}

async function readModels(signal) {
  const { world, who } = store.state;
  if (!who) {
    fill(byId("layers"));
    known = "";
    return;
  }
  const now = `${world} ${allLayers().map(({ model, count, properties }) => `${model} ${count} ${properties.length}`)}`;
  if (now === known) return;
  const { items } = await get(worldPath(world, "models"), { definition: true, pageSize: 1000 }, { signal });
  models = new Map(items.map((each) => [each.id, each.definition]));
  known = now;
  draw();
}

/** Layers below the models they extend; a model that has only one below it and no twins is passed over. */
function tree() {
  const nodes = new Map();
  const roots = [];
  const node = (id) => {
    if (nodes.has(id)) return nodes.get(id);
    const made = { id, below: [] };
    nodes.set(id, made);
    const [base] = [models.get(id)?.extends ?? []].flat();
    if (base === undefined) roots.push(made);
    else node(base).below.push(made);
    return made;
  };
  for (const { model } of allLayers()) node(model);
  const folded = (each) => {
    const below = each.below.map(folded);
    return below.length === 1 && !layerOf(each.id) ? below[0] : { id: each.id, below };
  };
  return roots.map(folded);
}

function layersOf(each) {
  const own = layerOf(each.id);
  return [...(own ? [own] : []), ...each.below.flatMap(layersOf)];
}

function title(id) {
  return displayName(layerOf(id)?.displayName ?? models.get(id)?.displayName, id.split(":").pop().split(";")[0]);
}

function draw() {
  const element = byId("layers");
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const scrolled = element.scrollTop;
  const all = allLayers();
  fill(element, h("h2", { class: "layers-title" }, T.title),
    all.length > 0 ? h("ul", { class: "layer-tree" }, tree().map(item))
      : store.state.who && data.sequence !== null
        && h("p", { class: "quiet-text layers-none" }, data.isMissing ? T.missing : T.none));
  element.scrollTop = scrolled;
  if (focused) element.querySelector(`[data-key="${focused}"]`)?.focus();
}

function item(each) {
  const layer = layerOf(each.id);
  const below = layersOf(each);
  const shown = below.filter((one) => one.isShown()).length;
  const count = below.reduce((sum, one) => sum + one.count, 0);
  const box = h("input", {
    type: "checkbox", checked: shown === below.length, "data-key": `show ${each.id}`,
    onchange: ({ target }) => setAll(below, target.checked),
  });
  box.indeterminate = shown > 0 && shown < below.length;
  return h("li", {},
    h("div", { class: "layer-row" },
      h("label", {}, box, layer && swatch(layer), h("span", { class: "layer-name" }, title(each.id)),
        h("span", { class: "layer-count" }, number(count, null, { digits: 9 }))),
      layer && h("button", {
        class: "quiet layer-more", "aria-expanded": String(open.has(each.id)), "aria-label": T.settings(title(each.id)),
        "data-key": `more ${each.id}`, onclick: () => toggle(each.id),
      }, "⋯")),
    layer && open.has(each.id) && settings(layer),
    each.below.length > 0 && h("ul", {}, each.below.map(item)));
}

/** One change of the store for all of them. */
function setAll(below, shown) {
  const layers = { ...store.state.layers };
  for (const layer of below) layers[layer.model] = { opacity: layer.opacity(), shown };
  store.set({ layers });
}

function toggle(id) {
  if (!open.delete(id)) open.add(id);
  draw();
}

function swatch(layer) {
  const isColoured = store.state.colour?.model === layer.model;
  return h("span", {
    class: `layer-swatch layer-swatch-${layer.kind}${isColoured ? " layer-swatch-scale" : ""}`,
    style: { "--swatch": baseColour(layer) }, "aria-hidden": "true",
  });
}

function settings(layer) {
  const { colour, tall, language } = store.state;
  const raised = (layer.kind === "prism" || layer.kind === "point") && !widthOf(layer);
  return h("div", { class: "layer-settings", lang: language },
    h("label", {}, h("span", {}, T.opacity), h("input", {
      type: "range", min: "0.1", max: "1", step: "0.05", value: String(layer.opacity()),
      "data-key": `opacity ${layer.model}`,
      oninput: ({ target }) => setLayer(layer.model, { opacity: Number(target.value) }),
    })),
    layer.properties.length > 0 && choice(T.colour, T.plain, layer, colour, "colour"),
    layer.properties.length > 0 && raised && choice(T.tall, T.geometry, layer, tall, "tall"));
}

function choice(label, none, layer, now, key) {
  const mine = now?.model === layer.model ? now.path : "";
  return h("label", {}, h("span", {}, label), h("select", {
    "data-key": `${key} ${layer.model}`,
    onchange: ({ target }) => {
      store.set({ [key]: target.value === "" ? null : { model: layer.model, path: target.value } });
    },
  }, h("option", { value: "", selected: mine === "" }, none),
  layer.properties.map((each) =>
    h("option", { value: each.path, selected: mine === each.path }, propertyTitle(each)))));
}
