/** The tools of the edit panel, each a section of it. @module */
import { displayName, words } from "../core/i18n.js";
import { openForm } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { valueAt } from "../core/models.js";
import { failed } from "../core/notice.js";
import { store } from "../core/store.js";
import {
  CLOSED_COST, CLOSED_HIGHWAY, STOREY, closeOperations, deleteOperations, hasHeight, linksOf, moveOperations, placesOf,
  storeyOperations,
} from "./operations.js";
import { write } from "./undo.js";
import { valueEditor } from "./values.js";

const T = words({
  storeys: ["Storeys", "층"],
  storeysHint: [(m) => `A storey is taken as ${m}; the height changes by that much.`, (m) => `한 층을 ${m}로 보고 높이를 바꿉니다.`],
  fewer: ["One storey less", "한 층 낮추기"],
  more: ["One storey more", "한 층 높이기"],
  added: [(n, m) => `${n} ${/^.1$/.test(n) ? "storey" : "storeys"} (${m}) on`, (n, m) => `${n}층(${m}) 변경:`],
  height: [(m) => `Height ${m}`, (m) => `높이 ${m}`],
  move: ["Move", "옮기기"],
  east: ["East, m", "동쪽, m"],
  north: ["North, m", "북쪽, m"],
  drag: ["Drag in the city", "도시에서 끌기"],
  apply: ["Apply", "적용"],
  moved: [(e, n) => `Moved ${e} east, ${n} north:`, (e, n) => `동쪽 ${e}, 북쪽 ${n} 이동:`],
  road: ["Road", "도로"],
  close: ["Close the road", "도로 막기"],
  closed: ["Closed:", "막음:"],
  isClosed: ["This road is closed. Undo, or set its properties, to open it.", "막힌 도로입니다. 되돌리거나 속성을 바꾸면 열립니다."],
  closeHint: [
    `Sets highway to “${CLOSED_HIGHWAY}” and the cost factor of its segments to ${CLOSED_COST}, so that routes keep off.`,
    `highway를 “${CLOSED_HIGHWAY}”으로, 구간의 비용 계수를 ${CLOSED_COST}으로 바꾸어 경로가 피해 가게 합니다.`,
  ],
  property: ["Property", "속성"],
  set: ["Set", "바꾸기"],
  remove: ["Remove the value", "값 없애기"],
  changed: [(what) => `${what} of`, (what) => `${what} 변경:`],
  links: ["Relationships", "관계"],
  none: ["None leaves this twin.", "나가는 관계가 없습니다."],
  unlink: [(name) => `Remove ${name}`, (name) => `${name} 없애기`],
  link: ["Add", "더하기"],
  kind: ["Kind", "종류"],
  target: ["Id of the target", "대상의 식별자"],
  linked: [(name, to) => `${name} → ${to} from`, (name, to) => `${name} → ${to} 추가:`],
  unlinked: [(name, to) => `${name} → ${to} removed from`, (name, to) => `${name} → ${to} 삭제:`],
  more20: [(n) => `and ${n} more`, (n) => `외 ${n}개`],
  delete: ["Delete…", "삭제…"],
  deleteTitle: ["Delete?", "삭제할까요?"],
  deleteText: [(n, links) => `${n} twins and ${links} relationships are deleted. You can undo it while this page is open.`,
    (n, links) => `트윈 ${n}개와 관계 ${links}개를 지웁니다. 이 페이지가 열려 있는 동안 되돌릴 수 있습니다.`],
  deleteGo: ["Delete", "삭제"],
  deleted: ["Deleted", "삭제:"],
});

/** A section of the panel. */
export function section(title, ...children) {
  return h("section", { class: "edit-section" }, h("h3", {}, title), children);
}

/** Runs what a button does, with the button disabled meanwhile. */
export function doing(act) {
  return async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    try {
      await act();
    } catch (error) {
      failed(error);
    }
    button.disabled = false;
  };
}

/** The names of twins, for a reason. */
export function namesOf(twins) {
  const first = twins.slice(0, 3).map((each) => each.name ?? each.$dtId).join(", ");
  return twins.length > 3 ? `${first}, +${twins.length - 3}` : first;
}

/** Makes buildings higher or lower. */
export function storeyTool(found) {
  const twins = [...found].filter(([twin, contents]) => hasHeight(contents) && placesOf(contents).length > 0
    && typeof twin.height === "number").map(([twin]) => twin);
  if (twins.length === 0) return null;
  const change = (storeys) => doing(() => {
    const signed = number(storeys, undefined, { signed: true });
    const metres = number(storeys * STOREY, "metre", { signed: true });
    return write(storeyOperations(twins, storeys), `${T.added(signed, metres)} ${namesOf(twins)}`);
  });
  return section(() => T.storeys,
    h("div", { class: "row" },
      h("button", { id: "storey-less", dataset: { keep: "less" }, "aria-label": () => T.fewer, onclick: change(-1) }, "− 1"),
      h("button", { id: "storey-more", dataset: { keep: "more" }, "aria-label": () => T.more, onclick: change(1) }, "+ 1"),
      h("button", { dataset: { keep: "five" }, onclick: change(5) }, "+ 5"),
      twins.length === 1 && h("span", { id: "edit-height" }, () => T.height(number(twins[0].height, "metre")))),
    h("p", { class: "quiet-text hint" }, () => T.storeysHint(number(STOREY, "metre"))));
}

/** Makes a function that lets a newly made tool follow the pointer in place of the one made before it. */
export function draftFollower() {
  let stop = () => {};
  return (tell) => {
    stop();
    stop = store.on(["draft", "tool"], tell);
  };
}

const followDraft = draftFollower();

/** Moves twins by metres, typed or dragged. */
export function moveTool(found) {
  const movable = new Map([...found].filter(([twin, contents]) => placesOf(contents).some(({ path }) => twin[path])));
  if (movable.size === 0) return null;
  const twins = [...movable.keys()];
  const ids = twins.map((each) => each.$dtId);
  const east = h("input", { type: "number", step: "any", value: "0", oninput: () => draft() });
  const north = h("input", { type: "number", step: "any", value: "0", oninput: () => draft() });
  const drag = h("button", { id: "move-drag", onclick: () => {
    const isOn = store.state.tool?.kind === "move";
    store.set({ tool: isOn ? null : { kind: "move", ids }, draft: null });
  } }, () => T.drag);
  const draft = () => {
    if (store.state.tool?.kind !== "move") store.set({ tool: { kind: "move", ids } });
    store.set({ draft: { east: Number(east.value), north: Number(north.value) } });
  };
  followDraft(({ draft: come, tool }) => {
    drag.setAttribute("aria-pressed", String(tool?.kind === "move"));
    if (tool?.kind !== "move" || document.activeElement === east || document.activeElement === north) return;
    east.value = String(Math.round((come?.east ?? 0) * 10) / 10);
    north.value = String(Math.round((come?.north ?? 0) * 10) / 10);
  });
  const apply = doing(async () => {
    const [e, n] = [Number(east.value), Number(north.value)];
    if (e === 0 && n === 0) return;
    await write(moveOperations(movable, e, n), `${T.moved(number(e, "metre"), number(n, "metre"))} ${namesOf(twins)}`);
    store.set({ tool: null, draft: null });
  });
  return section(() => T.move, h("div", { class: "row" },
    h("label", { class: "short" }, h("span", {}, () => T.east), east),
    h("label", { class: "short" }, h("span", {}, () => T.north), north),
    drag, h("button", { id: "move-apply", onclick: apply }, () => T.apply)));
}

/** Closes roads. */
export function roadTool(found) {
  const roads = [...found].filter(([, contents]) => contents.properties.some((each) => each.path === "highway")
    && placesOf(contents).length > 0).map(([twin]) => twin);
  if (roads.length === 0) return null;
  if (roads.every((each) => each.highway === CLOSED_HIGHWAY)) {
    return section(() => T.road, h("p", { class: "quiet-text" }, () => T.isClosed));
  }
  const close = doing(async () => {
    await write(await closeOperations(store.state.world, roads), `${T.closed} ${namesOf(roads)}`);
  });
  return section(() => T.road, h("button", { id: "road-close", onclick: close }, () => T.close),
    h("p", { class: "quiet-text hint" }, () => T.closeHint));
}

/** Sets any property, as its schema says. */
export function propertyTool(twins, contents) {
  const properties = contents.properties.filter((each) => each.writable);
  if (properties.length === 0) return null;
  const place = h("div", { class: "value-editor" });
  let editor = null;
  const select = h("select", { id: "edit-property", dataset: { keep: "property" }, "aria-label": () => T.property,
    onchange: () => draw() }, properties.map((each) => h("option", { value: each.path },
    () => displayName(each.displayName, each.path))));
  const property = () => properties.find((each) => each.path === select.value);
  const draw = () => {
    const value = twins.length === 1 ? valueAt(twins[0], select.value) : undefined;
    editor = valueEditor(property(), value);
    editor.element.id = "edit-value";
    remove.disabled = twins.length === 1 && value === undefined;
    fill(place, editor.element,
      property().description && h("p", { class: "quiet-text hint" }, () => displayName(property().description, "")));
  };
  const put = (read) => doing(async () => {
    const value = read();
    const operations = twins.map(({ $dtId: id }) => ({ op: "patchTwin", id, set: { [select.value]: value } }));
    await write(operations, `${T.changed(displayName(property().displayName, select.value))} ${namesOf(twins)}`);
  });
  const remove = h("button", { onclick: put(() => null) }, () => T.remove);
  const preferred = properties.find((each) => each.path === chosen);
  if (preferred) select.value = preferred.path;
  select.addEventListener("change", () => {
    chosen = select.value;
  });
  draw();
  return section(() => T.property, select, place, h("div", { class: "row" },
    h("button", { id: "edit-set", class: "primary", onclick: put(() => editor.read()) }, () => T.set), remove));
}

let chosen = null;

/** Adds and removes relationships. */
export async function linkTool(twin, contents) {
  const { world } = store.state;
  const links = await linksOf(world, twin.$dtId, "relationships");
  const rows = links.slice(0, 20).map((each) => {
    const name = each.$relationshipName;
    const operation = { op: "deleteRelationship", source: twin.$dtId, id: each.$relationshipId };
    return h("li", {}, h("span", {}, `${name} → ${each.$targetId}`), h("button", {
      class: "quiet", "aria-label": () => T.unlink(`${name} → ${each.$targetId}`),
      onclick: doing(() => write([operation], `${T.unlinked(name, each.$targetId)} ${namesOf([twin])}`)),
    }, "✕"));
  });
  if (links.length > 20) rows.push(h("li", { class: "quiet-text" }, () => T.more20(links.length - 20)));
  const kind = h("select", { "aria-label": () => T.kind }, contents.relationships.map((each) => h("option",
    { value: each.name }, () => displayName(each.displayName, each.name))));
  const target = h("input", { "aria-label": () => T.target, placeholder: () => T.target, class: "grow" });
  const add = doing(() => write([{
    op: "putRelationship", source: twin.$dtId, id: `${twin.$dtId}-${kind.value}-${Date.now().toString(36)}`,
    relationship: { $targetId: target.value.trim(), $relationshipName: kind.value }, ifNoneMatch: "*",
  }], `${T.linked(kind.value, target.value.trim())} ${namesOf([twin])}`));
  return section(() => T.links,
    rows.length === 0 ? h("p", { class: "quiet-text" }, () => T.none) : h("ul", { class: "links" }, rows),
    contents.relationships.length > 0 && h("div", { class: "row" }, kind, target,
      h("button", { onclick: add }, () => T.link)));
}

/** Deletes twins, once it has been said what goes with them. */
export function deletion(twins) {
  return h("section", { class: "edit-section" }, h("button", { class: "danger", id: "edit-delete", onclick: doing(async () => {
    const operations = await deleteOperations(store.state.world, twins.map((each) => each.$dtId));
    openForm({
      title: () => T.deleteTitle,
      body: [h("p", {}, namesOf(twins)), h("p", {}, () => T.deleteText(twins.length, operations.length - twins.length))],
      yes: () => T.deleteGo,
      danger: true,
      act: () => write(operations, `${T.deleted} ${namesOf(twins)}`),
    });
  }) }, () => T.delete));
}
