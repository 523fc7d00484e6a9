/** The model browser. @module */
import { hasRoute } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { loadCatalogue } from "../core/models.js";
import { failed } from "../core/notice.js";
import { may } from "../core/session.js";
import { latest, store } from "../core/store.js";
import { inSight } from "../core/calm.js";
import { countsByModel } from "./twins.js";
import { makeDrawing } from "./graph-drawing.js";
import { drawModel } from "./model-view.js";
import { openUpload } from "./model-upload.js";

const T = words({
  find: ["Find a model, property or relationship", "모델, 속성, 관계 찾기"],
  tree: ["Models by what they extend", "상속에 따른 모델"],
  count: [(n) => `${n} twins`, (n) => `트윈 ${n}개`],
  out: ["out of use", "사용 중지"],
  none: ["No model matches.", "맞는 모델이 없습니다."],
  empty: ["There are no models in this world yet.", "이 세계에는 아직 모델이 없습니다."],
  total: [(n) => `${n} models`, (n) => `모델 ${n}개`],
  upload: ["Add models…", "모델 추가…"],
});

/** Puts the browser into the panel. */
export async function mount(element) {
  const view = { isShown: false, models: null, counts: new Map(), chosen: null };
  const text = h("input", {
    type: "search", class: "stretch", "aria-label": () => T.find, placeholder: () => T.find, oninput: () =>
      drawTree(),
  });
  const total = h("span", { class: "quiet-text", role: "status" });
  const upload = h("button", { hidden: true, onclick: () => openUpload(reload) }, () => T.upload);
  const tree = h("nav", { class: "model-tree", "aria-label": () => T.tree });
  const detail = h("section", { class: "model-detail" });
  const mayMigrate = await hasRoute("POST", "/v1/worlds/{world}/migrations");
  element.append(h("div", { class: "row" }, text, total, upload),
    h("div", { class: "model-halves" }, tree, detail));
  const box = h("div", { class: "model-picture", role: "img" });
  let drawing = null;

  const load = latest(async (signal) => {
    if (!view.isShown) return;
    const { world, at } = store.state;
    upload.hidden = at !== null || !may("model");
    const [models, counts] = await Promise.all([loadCatalogue(world, at, signal), countsByModel({ signal })]);
    Object.assign(view, { models, counts });
    if (!models.byId.has(view.chosen)) view.chosen = mostUsed();
    drawTree();
    await drawChosen();
  }, failed);

  function reload() {
    return load();
  }

  function mostUsed() {
    const all = [...view.counts].sort((a, b) => b[1] - a[1]);
    return all[0]?.[0] ?? view.models.items[0]?.id ?? null;
  }

  /** Twins of a model and of all that extend it. */
  function countOf(id) {
    return view.models.family(id).reduce((sum, each) => sum + (view.counts.get(each) ?? 0), 0);
  }

  function drawTree() {
    const { models } = view;
    if (models === null) return;
    const wanted = text.value.trim().toLowerCase();
    const named = (each) => [each.name, ...Object.values(each.displayName ?? {})].join(" ");
    const texts = (id) => [id, models.name(id), ...models.contents(id).map(named)].join(" ").toLowerCase();
    const hits = (id) => wanted === "" || texts(id).includes(wanted);
    const isRoot = (id) => !models.bases(id).some((base) => models.byId.has(base));
    const roots = models.items.map((item) => item.id).filter(isRoot);
    const branches = branch(roots, hits, new Set());
    total.textContent = T.total(number(models.items.length));
    fill(tree, models.items.length === 0 ? h("p", { class: "quiet-text" }, T.empty)
      : branches ?? h("p", { class: "quiet-text" }, T.none));
  }

  function branch(ids, hits, above) {
    const { models } = view;
    const shown = ids.filter((id) => !above.has(id)).map((id) => {
      const below = branch(models.children(id), hits, new Set([...above, id]));
      if (!below && !hits(id)) return null;
      const isOut = models.byId.get(id).decommissioned;
      return h("li", {}, h("button", {
        class: `quiet model-entry${isOut ? " out-of-use" : ""}`,
        "aria-current": String(view.chosen === id),
        onclick: () => choose(id),
      }, h("span", {}, isOut && "⊘ ", models.name(id),
        isOut && h("span", { class: "visually-hidden" }, ` ${T.out}`)),
      h("span", { class: "quiet-text", title: T.count(number(countOf(id))) }, number(countOf(id)))), below);
    }).filter(Boolean);
    return shown.length === 0 ? null : h("ul", {}, shown);
  }

  function choose(id) {
    view.chosen = id;
    drawTree();
    tree.querySelector("button[aria-current='true']")?.focus();
    drawChosen().catch(failed);
  }

  async function drawChosen() {
    const { models, chosen } = view;
    if (chosen === null || !models.byId.has(chosen)) {
      fill(detail);
      return;
    }
    const own = view.counts.get(chosen) ?? 0;
    const count = countOf(chosen);
    drawModel(detail, { models, id: chosen, count, own, box, choose, reload, mayMigrate });
    await drawPicture();
  }

  /** What leads to the model at the left, the model, and what its relationships lead to at the right. */
  async function drawPicture() {
    const { models, chosen } = view;
    const edges = new Map();
    const lead = (source, content, target) => {
      const key = `${source}/${content.name}/${target}`;
      const label = displayName(content.displayName, content.name);
      const edge = { key, source, target, label, name: content.name, state: "same" };
      if (models.byId.has(target)) edges.set(key, edge);
    };
    const mine = models.lineage(chosen);
    for (const content of models.relationships(chosen)) lead(chosen, content, content.target ?? chosen);
    for (const item of models.items) {
      for (const content of models.relationships(item.id)) {
        const isOwn = content.from === item.id && item.id !== chosen;
        if (isOwn && mine.includes(content.target)) lead(item.id, content, chosen);
      }
    }
    const others = (end) => [...new Set([...edges.values()].map((edge) => edge[end]))]
      .filter((id) => id !== chosen);
    const places = new Map([[chosen, { x: 0, y: 0 }]]);
    const column = (ids, x) => ids.forEach((id, i) =>
      places.set(id, { x, y: (i - (ids.length - 1) / 2) * 64 }));
    column(others("source"), -190);
    column(others("target").filter((id) => !places.has(id)), 190);
    const nodes = new Map([...places.keys()].map((id) =>
      [id, { id, model: id, state: "same", title: models.name(id) }]));
    box.hidden = edges.size === 0;
    box.setAttribute("aria-label", [...edges.values()].map((edge) =>
      `${models.name(edge.source)} ${edge.label} ${models.name(edge.target)}`).join("; "));
    if (edges.size === 0) return;
    drawing ??= makeDrawing(box, { onSelect: ([id]) => id && id !== view.chosen && choose(id) });
    const made = await drawing;
    if (chosen !== view.chosen) return;
    made.show({ nodes, edges, models, near: null }, places);
    made.select([chosen]);
  }

  store.on(["world", "at"], reload);
  store.on(["who"], reload);
  store.on(["language", "theme"], () => {
    if (!view.isShown || view.models === null) return;
    drawTree();
    drawChosen().catch(failed);
  });
  return inSight(view, reload);
}
