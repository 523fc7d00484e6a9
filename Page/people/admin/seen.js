/** Users seen: who came, how often and when last, as the audit tells. @module */
import { get } from "../../core/api.js";
import { fill, h } from "../../core/dom.js";
import { emptyState } from "../../core/empty.js";
import { number } from "../../core/format.js";
import { words } from "../../core/i18n.js";
import { badge } from "../badge.js";
import { learnKeys, principalName, shortName } from "../names.js";
import { openPart } from "./index.js";
import { everything, table, when } from "./table.js";

const MOST = 5000;
const T = words({
  seen: ["People seen", "접속자"],
  intro: ["Whoever changed something or was refused, as the audit tells: people, programs with keys, certificates.",
    "감사 기록에 따라, 무언가를 바꾸었거나 거부당한 사람, 키를 쓰는 프로그램, 인증서입니다."],
  among: [(n) => `Among the newest ${n} entries.`, (n) => `최근 ${n}개 항목 기준입니다.`],
  who: ["Who", "누구"],
  last: ["Last seen", "마지막"],
  done: ["Done", "완료"],
  refused: ["Refused", "거부"],
  from: ["From", "접속 위치"],
  most: ["Mostly", "주로 한 일"],
  audit: ["Entries", "항목 보기"],
  nobody: ["Nobody has changed anything yet", "아직 아무도 바꾸지 않았습니다"],
  nobodyText: ["As soon as somebody writes, makes a fork or is refused, they are listed here.",
    "누군가 값을 쓰거나 세계를 갈라 내거나 거부당하면 여기에 나타납니다."],
});

let list;

/** @type {import("./index.js").Part} */
export const seenPart = {
  id: "seen", title: () => T.seen, action: "admin",
  mount: (element) => {
    list = h("div", {});
    fill(element, h("p", { class: "quiet-text" }, () => T.intro), list);
  },
  show: load,
};

async function load() {
  learnKeys((await everything(get, "/v1/keys")).items);
  const { items, isAll } = await everything(get, "/v1/audit", {}, MOST);
  const people = count(items);
  if (people.length === 0) {
    fill(list, emptyState(() => T.nobody, () => T.nobodyText));
    return;
  }
  fill(list, table(() => T.seen, [
    { title: () => T.who, cell: ({ id }) => h("div", { class: "row nowrap" },
      badge(id, () => shortName(id)), () => principalName(id)) },
    { title: () => T.last, cell: ({ last }) => when(last) },
    { title: () => T.done, class: "number", cell: ({ done }) => () => number(done) },
    { title: () => T.refused, class: "number", cell: ({ refused }) => () => number(refused) },
    { title: () => T.most, cell: ({ actions }) => h("code", {}, most(actions)) },
    { title: () => T.from, cell: ({ addresses }) => [...addresses].slice(0, 3).join(", ") },
    { title: () => T.audit, cell: ({ id }) => h("button", { type: "button", class: "small",
      onclick: () => openPart("audit", id) }, () => T.audit) },
  ], people), !isAll && h("p", { class: "quiet-text" }, () => T.among(number(items.length))));
}

function count(entries) {
  const people = new Map();
  for (const entry of entries) {
    if (!entry.principal) continue;
    const found = people.get(entry.principal) ?? { id: entry.principal, last: entry.time, done: 0, refused: 0,
      actions: new Map(), addresses: new Set() };
    people.set(entry.principal, found);
    if (entry.outcome === "done") found.done += 1;
    else found.refused += 1;
    found.actions.set(entry.action, (found.actions.get(entry.action) ?? 0) + 1);
    if (entry.address) found.addresses.add(entry.address);
  }
  return [...people.values()];
}

function most(actions) {
  return [...actions].sort((a, b) => b[1] - a[1])[0][0];
}
