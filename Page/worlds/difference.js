/** The panel that lists what differs between the two worlds, and finds where they first part. @module */
import { get, query, quoted, worldPath } from "../core/api.js";
import { soon } from "../core/calm.js";
import { words } from "../core/i18n.js";
import { fill, h, refresh } from "../core/dom.js";
import { instant, number } from "../core/format.js";
import { contentsOf } from "../core/models.js";
import { failed } from "../core/notice.js";
import { bringPanel } from "../core/panels.js";
import { here, latest, store, there } from "../core/store.js";
import { nameOfWorld } from "./list.js";
import { rowsOf, table } from "./difftable.js";
import { swatch } from "./tree.js";

const T = words({
  title: ["Difference", "차이"],
  none: ["Choose a second world in the top bar to see what differs.", "위쪽에서 비교할 세계를 고르면 무엇이 다른지 보입니다."],
  from: [(a, when) => `From “${a}” (${when})`, (a, when) => `“${a}”(${when})에서`],
  to: [(b, when) => `to “${b}” (${when})`, (b, when) => `“${b}”(${when})까지`],
  now: ["now", "지금"],
  same: ["The two are the same.", "두 세계가 같습니다."],
  count: [(n, more) => `${n}${more ? "+" : ""} ${n === "1" ? "difference" : "differences"}`, (n, more) => `차이 ${n}${more ? "+" : ""}건`],
  more: ["Show more", "더 보기"],
  first: ["When and where do they first diverge?", "언제 어디서 처음 갈라졌나요?"],
  never: ["They have never differed.", "서로 달랐던 적이 없습니다."],
  cannot: ["This server cannot say.", "이 서버는 알려 주지 못합니다."],
  diverged: [(when, world, n, names) => `They first differ at ${when}, by a change of “${world}”, in ${n === 1 ? "one twin" : `${n} twins`}: ${names}.`,
    (when, world, n, names) => `${when}에 “${world}”의 변경으로 처음 달라졌습니다. 트윈 ${n}개: ${names}.`],
});

const PAGE = 300;
const ICON = "M5 7h8M5 12h5M5 17h8M16 9l4 4-4 4M20 13h-7";

/** Brings the panel. */
export function startDifference() {
  let place = null;
  const head = h("div", { class: "diff-head" });
  const said = h("p", { class: "diverged", role: "status" });
  const first = h("button", { id: "diverge", onclick: async () => {
    first.disabled = true;
    said.textContent = await diverge().catch((error) => error.message);
    first.disabled = false;
  } }, () => T.first);
  const body = h("div", { class: "diff-body" });
  const rows = [];
  let next = null;

  const load = latest(async (signal) => {
    if (place === null || store.state.panel !== "difference") return;
    const { other } = store.state;
    first.hidden = other === null;
    if (other === null) {
      said.textContent = "";
      fill(head);
      fill(body, h("p", { class: "quiet-text" }, () => T.none));
      return;
    }
    fill(head, headOf());
    const page = await readPage(null, signal);
    rows.splice(0, Infinity, ...page.rows);
    next = page.next;
    draw();
  }, failed);

  async function more() {
    const page = await readPage(next).catch(failed);
    if (!page) return;
    rows.push(...page.rows);
    next = page.next;
    draw();
  }

  function draw() {
    if (rows.length === 0) {
      fill(body, h("p", { class: "quiet-text", id: "diff-count" }, () => T.same));
      return;
    }
    fill(body,
      h("p", { class: "quiet-text", id: "diff-count" }, () => T.count(number(rows.length), next !== null)),
      table(rows), next !== null && h("button", { onclick: more }, () => T.more));
    refresh(body);
  }

  bringPanel({
    id: "difference", title: () => T.title, icon: ICON, wide: true, show: load,
    mount(element) {
      place = element;
      element.append(head, h("div", { class: "row" }, first), said, body);
    },
  });
  store.on(["world", "other", "at", "otherAt", "language", "worlds"], load);
  store.on(["revision"], soon(load, 1000));
  store.on(["world", "other"], () => {
    said.textContent = "";
  });
}

function headOf() {
  const { world, other } = store.state;
  const when = (read) => (read.at === undefined ? T.now : instant(read.at));
  return h("div", { class: "diff-worlds" },
    h("span", {}, swatch(other), " ", () => T.from(nameOfWorld(other), when(there()))),
    h("span", {}, swatch(world), " ", () => T.to(nameOfWorld(world), when(here()))));
}

async function readPage(cursor, signal) {
  const { world, other } = store.state;
  const parameters = { to: world, at: there().at, toAt: here().at, pageSize: PAGE, cursor };
  const answer = await get(worldPath(other, "diff"), parameters, { signal });
  const names = await readNames(answer.items, signal);
  const contents = new Map();
  await Promise.all([...new Set(answer.items.map((each) => each.model).filter(Boolean))].map(async (model) => {
    contents.set(model, await contentsOf(world, model).catch(() => null));
  }));
  return { rows: answer.items.flatMap((each) => rowsOf(each, names, contents.get(each.model))), next: answer.next ?? null };
}

/** The names of twins that have one, by id; from both worlds, because either may lack a twin. */
async function readNames(items, signal) {
  const ids = [...new Set(items.map((each) => each.source ?? each.id).filter(Boolean))].slice(0, PAGE);
  if (ids.length === 0) return new Map();
  const ask = `SELECT T.$dtId AS id, T.name AS name FROM DIGITALTWINS T WHERE T.$dtId IN [${ids.map(quoted).join(", ")}]`;
  const { world, other } = store.state;
  const found = await Promise.all([
    query(ask, { world: other, at: there().at ?? null, signal }), query(ask, { signal, world }),
  ]);
  return new Map(found.flat().filter((each) => typeof each.name === "string").map((each) => [each.id, each.name]));
}

/** Goes to the first instant at which the two worlds differ, and says it. */
async function diverge() {
  const { world, other } = store.state;
  let found;
  try {
    found = await get(worldPath(other, "divergence"), { to: world });
  } catch (error) {
    if (error.status === 404 && error.code === "pathNotFound") return T.cannot;
    throw error;
  }
  if (!found.diverged) return T.never;
  const ids = [...new Set(found.items.map((each) => each.source ?? each.id.split("/")[0]))];
  const names = await readNames(found.items);
  store.set({ at: found.recorded, otherAt: "same", selection: ids.slice(0, 50) });
  const listed = ids.slice(0, 4).map((id) => names.get(id) ?? id).join(", ") + (ids.length > 4 ? "…" : "");
  const when = instant(found.recorded, { dateStyle: "full", timeStyle: "short" });
  return T.diverged(when, nameOfWorld(found.world), ids.length, listed);
}
