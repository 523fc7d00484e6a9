/** The graph explorer: twins and their relationships as a drawing and as a list. @module */
import { inSight, soon } from "../core/calm.js";
import { fill, h } from "../core/dom.js";
import { emptyState } from "../core/empty.js";
import { instant, number } from "../core/format.js";
import { words } from "../core/i18n.js";
import { catalogue } from "../core/models.js";
import { failed, notice } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { saveBlob } from "./download.js";
import { differing, findPath, loadGraph, mostNodes, takings, waysFrom } from "./graph-data.js";
import { makeDrawing } from "./graph-drawing.js";
import { drawLegend } from "./graph-legend.js";
import { drawDetail, drawList, relationshipName } from "./graph-list.js";
import { searchForm } from "./graph-search.js";
import { chooser, fold } from "./picks.js";
import { sideKeys, sides } from "./sides.js";

const T = words({
  none: ["The graph is empty", "그래프가 비어 있습니다"],
  empty: ["Select twins on the map, or find one here. Then open its relationships step by step.",
    "지도에서 트윈을 고르거나 여기에서 찾으세요. 그다음 관계를 한 걸음씩 펼칩니다."],
  addSelection: [(n) => `Add selection (${n})`, (n) => `선택 추가 (${n})`],
  layout: ["Layout", "배치"],
  cose: ["springs", "스프링"],
  breadthfirst: ["tree", "나무"],
  concentric: ["rings", "동심원"],
  circle: ["circle", "원"],
  grid: ["grid", "격자"],
  fit: ["Fit", "맞춤"],
  clear: ["Clear", "비우기"],
  path: ["Path between the two", "둘 사이의 경로"],
  noPath: ["No path of at most ten relationships joins these two.", "열 관계 안에 둘을 잇는 경로가 없습니다."],
  differ: ["Add what differs", "다른 것 추가"],
  noDifference: ["The two worlds do not differ here.", "두 세계가 다르지 않습니다."],
  full: [(n) => `The graph holds ${n} twins; take some away first.`,
    (n) => `그래프에는 트윈 ${n}개까지 넣습니다. 먼저 일부를 빼세요.`],
  drawing: ["Drawing of the graph; the list below has the same", "그래프 그림. 아래 목록과 내용이 같습니다"],
  list: [(n, m) => `As a list (twins: ${n}, relationships: ${m})`, (n, m) => `목록으로 (트윈 ${n}개, 관계 ${m}개)`],
  as: [(world, when) => `${world}, ${when}`, (world, when) => `${world}, ${when}`],
  now: ["now", "지금"],
});

/** Puts the explorer into the panel. */
export async function mount(element) {
  const view = { isShown: false, ids: new Set(), nodes: new Map(), edges: new Map(), near: null };
  const taken = takings();
  const box = h("div", { class: "graph-box", role: "img", "aria-label": () => T.drawing });
  const legend = h("ul", { class: "graph-legend" });
  const detail = h("section", { class: "graph-detail", "aria-live": "polite" });
  const listBody = h("div");
  const listTitle = h("span");
  const list = fold(() => "", (body) => body.append(listBody));
  list.querySelector("summary").append(listTitle);
  const empty = emptyState(() => T.none, () => T.empty);
  const act = (label, onclick) => h("button", { type: "button", hidden: true, onclick }, label);
  const addSelection = act("", () => add(store.state.selection));
  const path = act(() => T.path, () => showPath().catch(failed));
  const differ = act(() => T.differ, () => showDifference().catch(failed));
  const layout = chooser(() => T.layout, () => drawing.arrange(layout.value()));
  const search = searchForm((id) => {
    add([id]);
    select(id);
  }, addSelection, path, differ);
  const filled = h("div", { class: "panel-filled", hidden: true },
    h("div", { class: "row" }, layout.element,
      h("button", { class: "quiet", onclick: () => drawing.fit() }, () => T.fit),
      h("button", { class: "quiet", onclick: () => clear() }, () => T.clear),
      h("span", { class: "stretch" }),
      h("button", { class: "quiet", onclick: savePicture }, "PNG")),
    box, legend, detail, list);
  element.append(search, empty, filled);
  const drawing = await makeDrawing(box, {
    onSelect: (ids) => store.set({ selection: ids }),
    onOpen: (id) => taken.firstOfAll(id).then((ids) => add(ids, id), failed),
  });

  function savePicture() {
    drawing.png().then((blob) => saveBlob(blob, "nuri-graph.png"), failed);
  }

  function offerLayouts() {
    layout.set(["cose", "breadthfirst", "concentric", "circle", "grid"].map((value) =>
      ({ value, label: T[value] })));
  }

  /** Takes twins into the graph, near one that is there already. */
  function add(ids, near = null) {
    const all = new Set([...view.ids, ...ids]);
    if (all.size > mostNodes) {
      notice(T.full(mostNodes), "error");
      return;
    }
    view.ids = all;
    view.near = near;
    reload();
  }

  /** Brings the next neighbours of a twin along one relationship. */
  function expand(id, way) {
    return taken.more(id, way).then((ids) => add(ids, id), failed);
  }

  function remove(id) {
    view.ids.delete(id);
    reload();
  }

  function clear() {
    view.ids = new Set();
    taken.clear();
    reload();
  }

  const reload = latest(async (signal) => {
    if (!view.isShown) return;
    if (view.ids.size === 0 && store.state.selection.length > 0) {
      view.ids = new Set(store.state.selection.slice(0, mostNodes));
    }
    empty.hidden = view.ids.size > 0;
    filled.hidden = view.ids.size === 0;
    const models = await catalogue();
    const ids = [...view.ids];
    const { nodes, edges } = await loadGraph(ids, signal);
    for (const edge of edges.values()) edge.label = relationshipName(models, edge.name);
    Object.assign(view, { nodes, edges, models });
    drawing.show(view, layout.value());
    view.near = null;
    listTitle.textContent = T.list(number(nodes.size), number(edges.size));
    drawLegend(legend, view);
    drawList(listBody, view, { select });
    await drawSelection(signal);
  }, failed);

  /** Follows the selection of the page. */
  async function drawSelection(signal) {
    const { selection } = store.state;
    drawing.select(selection);
    const missing = selection.filter((id) => !view.ids.has(id));
    addSelection.hidden = missing.length === 0 || view.ids.size === 0;
    addSelection.textContent = T.addSelection(number(missing.length));
    path.hidden = selection.length !== 2;
    differ.hidden = sides().length < 2;
    const shown = selection.filter((id) => view.nodes.has(id));
    const [id] = shown;
    if (shown.length !== 1) return fill(detail);
    const ways = await waysFrom(id, signal);
    if (selection !== store.state.selection || !view.nodes.has(id)) return;
    drawDetail(detail, view, id, ways, { expand, remove });
    for (const row of listBody.querySelectorAll("button[data-key]")) {
      row.setAttribute("aria-pressed", String(selection.includes(row.dataset.key)));
    }
  }

  const follow = latest(drawSelection, failed);

  function select(id) {
    store.set({ selection: [id] });
  }

  async function showPath() {
    const ids = await findPath(...store.state.selection);
    if (ids === null) notice(T.noPath);
    else add(ids);
  }

  async function showDifference() {
    const ids = await differing(mostNodes - view.ids.size);
    if (ids.length === 0) notice(T.noDifference);
    else add(ids);
  }

  function say() {
    const { at } = store.state;
    const worlds = sides().map((side) => side.name).join(" · ");
    box.setAttribute("aria-description", T.as(worlds, at ? instant(at) : T.now));
  }

  offerLayouts();
  store.on(sideKeys, () => {
    say();
    reload();
  });
  store.on(["revision"], soon(reload, 1000));
  store.on(["language", "theme"], () => {
    offerLayouts();
    reload();
  });
  store.on(["selection"], () => {
    if (!view.isShown) return;
    if (view.ids.size === 0) reload();
    else follow();
  });
  return inSight(view, () => {
    say();
    reload();
  });
}

