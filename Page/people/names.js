/** How people, keys and roles are called and coloured. @module */
import { words } from "../core/i18n.js";

const T = words({
  key: [(id) => `Key ${id}`, (id) => `키 ${id}`],
  certificate: [(id) => `Certificate ${id}`, (id) => `인증서 ${id}`],
  server: ["The server", "서버"],
  reader: ["Reader", "열람자"],
  operator: ["Operator", "운영자"],
  modeller: ["Modeller", "모델러"],
  approver: ["Approver", "승인자"],
  admin: ["Administrator", "관리자"],
  readerMay: ["reads everything the policies show", "정책이 보여 주는 모든 것을 읽습니다"],
  operatorMay: ["also writes twins and makes forks", "트윈을 바꾸고 세계를 갈라 냅니다"],
  modellerMay: ["also changes models and event routes", "모델과 이벤트 경로를 바꿉니다"],
  approverMay: ["also promotes forks", "갈래를 반영합니다"],
  adminMay: ["everything: keys, policies, audit, backups", "키, 정책, 감사, 백업까지 모두 다룹니다"],
});

/** The roles there are, the least first. */
export const roles = ["reader", "operator", "modeller", "approver", "admin"];

/** A role's name. */
export function roleName(role) {
  return T[role] ?? role;
}

/** What a role may, in a few words. */
export function roleMay(role) {
  return T[`${role}May`] ?? "";
}

const labels = new Map();

/** Learns keys' labels, which admins may read. */
export function learnKeys(keys) {
  for (const { id, label } of keys) if (label) labels.set(`key:${id}`, label);
}

/** A principal's id as people say it: `user:kim` is kim. */
export function principalName(id) {
  if (!id) return T.server;
  if (labels.has(id)) return labels.get(id);
  const colon = id.indexOf(":");
  const rest = id.slice(colon + 1);
  if (id.startsWith("key:")) return T.key(rest);
  if (id.startsWith("cert:")) return T.certificate(rest);
  return colon < 0 ? id : rest.split("|")[0];
}

/** A name of which initials say something: of a key without a label its id alone. */
export function shortName(id) {
  return id.startsWith("key:") && !labels.has(id) ? id.slice(4) : principalName(id);
}

/** One or two letters for somebody: of names with a space the first of each word. */
export function initials(name) {
  const found = name.trim().split(/[\s._@-]+/).filter(Boolean);
  const letters = found.length > 1 ? found[0][0] + found[1][0] : (found[0] ?? "?").slice(0, 2);
  return letters.toUpperCase();
}

/** Which of the twelve colours of people.css somebody has: always the same for the same id. */
export function hueOf(id) {
  let sum = 7;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 100003;
  return sum % 12;
}
