/** Keys: who may come in with what, new ones, and those that are to open nothing any more. @module */
import { get, request } from "../../core/api.js";
import { copyButton } from "../../core/clipboard.js";
import { ask, field } from "../../core/dialog.js";
import { fill, h } from "../../core/dom.js";
import { emptyState } from "../../core/empty.js";
import { words } from "../../core/i18n.js";
import { failed, notice } from "../../core/notice.js";
import { store } from "../../core/store.js";
import { roleMay, roleName, roles } from "../names.js";
import { everything, mark, several, table, texts, when } from "./table.js";

const T = words({
  keys: ["Keys", "키"],
  intro: ["Programs and people come in with keys. A key ends when it expires or is revoked.",
    "프로그램과 사람은 키로 들어옵니다. 키는 만료되거나 폐지되면 끝납니다."],
  fresh: ["New key", "새 키"],
  label: ["Label", "이름표"],
  labelHint: ["whose it is or what for", "누구의 것인지, 무엇에 쓰는지"],
  roles: ["Roles", "역할"],
  groups: ["Groups", "그룹"],
  groupsHint: ["for policies; separated by commas", "정책에 쓰입니다. 쉼표로 구분합니다"],
  ends: ["Expires", "만료"],
  days: [(n) => `in ${n} days`, (n) => `${n}일 뒤`],
  never: ["never", "만료 없음"],
  make: ["Make the key", "키 만들기"],
  cancel: ["Cancel", "취소"],
  pick: ["Choose at least one role.", "역할을 하나 이상 고르세요."],
  made: ["The key is shown only now. Copy it before you go on: the server keeps no copy.",
    "키는 지금만 보입니다. 넘어가기 전에 복사하세요. 서버에는 남지 않습니다."],
  madeName: ["New key's text", "새 키의 내용"],
  done: ["I have copied it", "복사했습니다"],
  state: ["State", "상태"],
  active: ["in use", "사용 중"],
  expired: ["expired", "만료됨"],
  revoked: ["revoked", "폐지됨"],
  you: ["you", "나"],
  created: ["Made", "만든 때"],
  revoke: ["Revoke", "폐지"],
  forget: ["Remove from the list", "목록에서 지우기"],
  actions: ["Actions", "동작"],
  revokeTitle: [(name) => `Revoke “${name}”?`, (name) => `“${name}” 키를 폐지할까요?`],
  revokeText: ["From the next request on it opens nothing. This can't be taken back.",
    "다음 요청부터 아무것도 열지 못합니다. 되돌릴 수 없습니다."],
  revokeOwn: ["This is the key you are signed in with: you will be signed out at once. It can't be taken back.",
    "지금 로그인한 키입니다. 바로 로그아웃되며 되돌릴 수 없습니다."],
  revokedNow: [(name) => `“${name}” opens nothing any more.`, (name) => `“${name}” 키는 이제 쓸 수 없습니다.`],
  ended: [(n) => `Revoked and expired keys (${n})`, (n) => `폐지되거나 만료된 키 (${n})`],
  none: ["No keys in use", "사용 중인 키가 없습니다"],
  noneText: ["You came in with a token or a certificate. Make a key for programs that read or write this server.",
    "토큰이나 인증서로 들어왔습니다. 이 서버를 읽고 쓰는 프로그램을 위한 키를 만드세요."],
});

let maker;
let list;

/** @type {import("./index.js").Part} */
export const keysPart = {
  id: "keys", title: () => T.keys, action: "admin",
  mount: (element) => {
    maker = h("div", { class: "maker" });
    list = h("div", {});
    fill(element, h("p", { class: "quiet-text" }, () => T.intro), maker, list);
    closeMaker();
  },
  show: load,
};

async function load() {
  const { items } = await everything(get, "/v1/keys");
  const now = Date.now();
  const isOver = (key) => key.revoked !== undefined || Date.parse(key.expires) <= now;
  const ended = items.filter(isOver);
  const active = items.filter((key) => !isOver(key));
  fill(list,
    active.length === 0 ? emptyState(() => T.none, () => T.noneText, { label: () => T.fresh, act: openMaker })
      : table(() => T.keys, columns(true), active),
    ended.length > 0 && h("details", {}, h("summary", {}, () => T.ended(ended.length)),
      table(() => T.ended(ended.length), columns(false), ended)));
}

function columns(isActive) {
  return [
    { title: () => T.label, cell: (key) => [
      h("div", {}, key.label || "–", isYou(key) && h("span", { class: "chip you" }, () => T.you)),
      h("code", { class: "quiet-text" }, key.id)] },
    { title: () => T.roles, cell: (key) => h("div", { class: "row" },
      key.roles.map((role) => h("span", { class: "chip" }, () => roleName(role))),
      key.groups.map((group) => h("span", { class: "chip group" }, group))) },
    { title: () => T.created, cell: (key) => when(key.created) },
    { title: () => (isActive ? T.ends : T.state), cell: (key) => {
      if (key.revoked) return [mark("bad", () => T.revoked), " ", when(key.revoked)];
      if (!isActive) return [mark("quiet", () => T.expired), " ", when(key.expires)];
      return key.expires ? when(key.expires) : h("span", { class: "quiet-text" }, () => T.never);
    } },
    { title: () => T.actions, cell: (key) => h("button", {
      type: "button", class: isActive ? "danger small" : "small",
      onclick: () => end(key, !isActive).catch(failed),
    }, () => (isActive ? T.revoke : T.forget)) },
  ];
}

function isYou(key) {
  return store.state.who?.id === `key:${key.id}`;
}

async function end(key, isForgotten) {
  const name = key.label || key.id;
  const text = () => (isYou(key) ? T.revokeOwn : T.revokeText);
  if (!isForgotten && !(await ask(() => T.revokeTitle(name), text, () => T.revoke))) return;
  const query = isForgotten ? { forget: true } : {};
  await request("DELETE", `/v1/keys/${encodeURIComponent(key.id)}`, { query });
  if (!isForgotten) notice(T.revokedNow(name));
  await load();
}

function closeMaker() {
  fill(maker, h("button", { type: "button", class: "primary", onclick: openMaker }, () => T.fresh));
}

function openMaker() {
  const label = h("input", { name: "label", maxlength: "200", autocomplete: "off" });
  const chosen = several(() => T.roles, roles.map((role) => ({
    value: role, label: () => roleName(role), hint: () => roleMay(role),
  })), ["reader"]);
  const groups = h("input", { name: "groups", autocomplete: "off" });
  const expires = h("select", { name: "expires" }, [30, 90, 365].map((days) =>
    h("option", { value: `${days}d`, selected: days === 90 }, () => T.days(days))),
  h("option", { value: "" }, () => T.never));
  const problem = h("p", { class: "problem", role: "alert" });
  fill(maker, h("form", {
    class: "card form", "aria-label": () => T.fresh,
    onsubmit: (event) => {
      event.preventDefault();
      const body = { label: label.value.trim(), roles: chosen.read(), groups: texts(groups.value) };
      if (expires.value !== "") body.expires = expires.value;
      if (body.roles.length === 0) fill(problem, () => T.pick);
      else make(body).catch(failed);
    },
  }, field(() => T.label, label, () => T.labelHint), chosen.element,
  field(() => T.groups, groups, () => T.groupsHint), field(() => T.ends, expires), problem,
  h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, () => T.make),
    h("button", { type: "button", onclick: closeMaker }, () => T.cancel))));
  label.focus();
}

async function make(body) {
  const made = await request("POST", "/v1/keys", { body });
  const secret = h("input", {
    class: "secret", readonly: true, value: made.key, "aria-label": () => T.madeName, onfocus: () => secret.select(),
  });
  fill(maker, h("div", { class: "card made" },
    h("p", { role: "status" }, () => T.made),
    h("div", { class: "row nowrap" }, secret, copyButton(() => made.key)),
    h("div", { class: "row" }, h("button", { type: "button", onclick: closeMaker }, () => T.done))));
  secret.focus();
  await load();
}
