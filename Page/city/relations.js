/** The relationships of a twin, to be walked. @module */
import { get, worldPath } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { displayName, words } from "../core/i18n.js";
import { here, store } from "../core/store.js";
import { flyTo } from "./home.js";
import { nameOf, named, placeOf, twin } from "./twins.js";

const T = words({
  none: ["No relationships.", "관계가 없습니다."],
  more: [(n) => `and more than ${n} others`, (n) => `외 ${n}개 이상`],
  from: ["from", "에서"],
  out: ["Leads to", "가리키는 것"],
  in: ["Pointed at by", "가리켜지는 것"],
});
const most = 30;

/** Lists what a twin points at and what points at it; choosing one goes there. */
export async function relations(element, found, contents, signal) {
  const path = worldPath(store.state.world, "twins", found.$dtId);
  const [out, inward] = await Promise.all(["relationships", "incoming"].map((each) =>
    get(`${path}/${each}`, { ...here(), pageSize: most }, { signal })));
  const ends = [...out.items.map((each) => each.$targetId), ...inward.items.map((each) => each.$sourceId)];
  const names = await named([...new Set(ends)], signal);
  const lists = [
    list(T.out, out, "$targetId", names, (name) => displayName(contents?.relationships.find((each) => each.name === name)?.displayName, name)),
    list(T.in, inward, "$sourceId", names, (name) => name),
  ].filter(Boolean);
  fill(element, lists.length > 0 ? lists : h("p", { class: "quiet-text" }, T.none));
}

function list(title, { items, next }, end, names, label) {
  if (items.length === 0) return null;
  const groups = Map.groupBy(items, (each) => each.$relationshipName);
  return h("div", { class: "relations" }, h("p", { class: "quiet-text" }, title),
    h("ul", {}, [...groups].map(([name, each]) => h("li", {},
      h("span", { class: "relation-name" }, label(name)),
      h("span", { class: "relation-ends" }, each.map((one) => link(one[end], names)))))),
    next && h("p", { class: "quiet-text" }, T.more(most)));
}

function link(id, names) {
  const row = names.get(id);
  return h("button", { class: "link", "data-key": `go ${id}`, title: id, onclick: () => go(id) }, row ? nameOf(row) : id);
}

/** Selects a twin and flies there if it has a place. */
export async function go(id) {
  store.set({ selection: [id] });
  const place = placeOf(await twin(id).catch(() => ({})));
  if (place) flyTo(place, Math.max(350, place.metres * 2.2));
}
