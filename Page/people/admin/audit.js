/** The audit: who did what, from where, and what came of it; whether a signature covers it. @module */
import { get } from "../../core/api.js";
import { field } from "../../core/dialog.js";
import { fill, h } from "../../core/dom.js";
import { emptyState } from "../../core/empty.js";
import { instant, number } from "../../core/format.js";
import { words } from "../../core/i18n.js";
import { failed } from "../../core/notice.js";
import { learnKeys, principalName } from "../names.js";
import { everything, mark, table } from "./table.js";

const T = words({
  audit: ["Audit", "감사"],
  who: ["Who", "누구"],
  whoHint: ["user:kim, key:…", "user:kim, key:…"],
  what: ["What", "무엇"],
  outcome: ["Outcome", "결과"],
  any: ["any", "모두"],
  done: ["done", "완료"],
  refused: ["refused", "거부"],
  failed: ["failed", "실패"],
  from: ["From", "시작"],
  to: ["To", "끝"],
  find: ["Show", "보기"],
  clear: ["Clear", "지우기"],
  number: ["No.", "번호"],
  time: ["Time", "시각"],
  target: ["On", "대상"],
  more: ["Older entries", "이전 항목"],
  own: ["Show the log's own entries too", "기록 자체의 항목도 보기"],
  changes: [(first, last) => (first === last ? `change ${first}` : `changes ${first}–${last}`),
    (first, last) => (first === last ? `변경 ${first}` : `변경 ${first}–${last}`)],
  signed: [(n, time) => `Signed up to entry ${n}, ${time}. Whether nothing was changed since is proved by`,
    (n, time) => `${n}번 항목까지 서명됨(${time}). 그 뒤 바뀐 것이 없는지는 다음 명령이 증명합니다:`],
  unsigned: ["not signed yet", "아직 서명 전"],
  none: ["No entry fits", "맞는 항목이 없습니다"],
  noneText: ["Every change, every change of access and every refusal gets an entry. "
    + "Ask for less, or for a longer time.",
    "모든 변경, 권한 변경, 거부가 기록됩니다. 조건을 줄이거나 기간을 늘려 보세요."],
});

const actions = ["native.write POST", "native.write PUT", "native.write PATCH", "native.write DELETE",
  "native.read GET", "azure.write", "sign-in", "audit"];
const fields = {};
let status;
let list;

/** @type {import("./index.js").Part} */
export const auditPart = {
  id: "audit", title: () => T.audit, action: "admin",
  mount: (element) => {
    status = h("p", { class: "quiet-text" });
    list = h("div", {});
    fill(element, form(), status, list);
  },
  show: async (rest) => {
    if (rest !== "") fields.principal.value = rest;
    await load();
  },
};

function form() {
  Object.assign(fields, {
    principal: h("input", { name: "principal", autocomplete: "off", placeholder: () => T.whoHint }),
    action: h("input", { name: "action", list: "audit-actions", autocomplete: "off" }),
    outcome: h("select", { name: "outcome" }, h("option", { value: "" }, () => T.any),
      ["done", "refused", "failed"].map((each) => h("option", { value: each }, () => T[each]))),
    from: h("input", { name: "from", type: "datetime-local" }),
    to: h("input", { name: "to", type: "datetime-local" }),
    own: h("input", { name: "own", type: "checkbox", onchange: () => load().catch(failed) }),
  });
  return h("form", {
    class: "filters",
    onsubmit: (event) => {
      event.preventDefault();
      load().catch(failed);
    },
    onreset: () => setTimeout(() => load().catch(failed)),
  }, h("datalist", { id: "audit-actions" }, actions.map((each) => h("option", { value: each }))),
  field(() => T.who, fields.principal), field(() => T.what, fields.action),
  field(() => T.outcome, fields.outcome), field(() => T.from, fields.from), field(() => T.to, fields.to),
  h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, () => T.find),
    h("button", { type: "reset", class: "quiet" }, () => T.clear)),
  h("label", { class: "several wide" }, fields.own, h("span", {}, () => T.own)));
}

function wanted() {
  const date = (field) => (field.value === "" ? undefined : new Date(field.value).toISOString());
  return {
    principal: fields.principal.value.trim() || undefined, action: fields.action.value.trim() || undefined,
    outcome: fields.outcome.value || undefined, from: date(fields.from), to: date(fields.to),
  };
}

async function load() {
  learnKeys((await everything(get, "/v1/keys")).items);
  const head = (await get("/v1/audit", { action: "audit.checkpoint", pageSize: 1 })).items[0]?.head;
  fill(status, head && [() => T.signed(number(head.number), instant(head.time)), " ",
    h("code", {}, "nuri audit verify"), "."]);
  const query = wanted();
  const isOwnShown = fields.own.checked || query.action?.startsWith("audit");
  const shown = [];
  let cursor;
  const next = async () => {
    const size = shown.length + 50;
    do {
      const page = await get("/v1/audit", { ...query, pageSize: 100, cursor });
      shown.push(...page.items.filter((entry) => isOwnShown || !entry.action.startsWith("audit.")));
      cursor = page.next;
    } while (cursor !== undefined && shown.length < size);
    draw();
  };
  const draw = () => fill(list,
    shown.length === 0 ? emptyState(() => T.none, () => T.noneText)
      : table(() => T.audit, columns(head?.number ?? 0), shown, ({ outcome }) => `outcome-${outcome}`),
    cursor !== undefined && h("button", { type: "button", onclick: () => next().catch(failed) }, () => T.more));
  await next();
}

function columns(signedTo) {
  const marks = { done: "good", refused: "bad", failed: "warn" };
  const time = { dateStyle: "short", timeStyle: "medium" };
  return [
    { title: () => T.number, class: "number", cell: ({ number: n }) => [
      () => number(n, undefined, { digits: 15 }), n > signedTo && h("div", { class: "quiet-text" }, () => T.unsigned)] },
    { title: () => T.time, class: "nowrap", cell: (entry) =>
      h("time", { datetime: entry.time, title: entry.time }, () => instant(entry.time, time)) },
    { title: () => T.who, cell: ({ principal, address }) => [
      h("div", {}, principal ? () => principalName(principal) : "–"),
      address && h("code", { class: "quiet-text" }, address)] },
    { title: () => T.what, cell: ({ action, cause }) => [
      h("code", {}, action), cause && h("div", { class: "quiet-text" }, cause)] },
    { title: () => T.target, cell: ({ world, target, first, last }) => [
      h("div", { class: "target" }, [world, target].filter(Boolean).join(" · ") || "–"),
      first !== undefined && h("div", { class: "quiet-text" }, () => T.changes(first, last))] },
    { title: () => T.outcome, class: "nowrap", cell: ({ outcome, code }) => [
      mark(marks[outcome], () => T[outcome]), code && h("div", { class: "quiet-text" }, code)] },
  ];
}
