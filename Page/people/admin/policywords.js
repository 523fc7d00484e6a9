/** A policy in words. @module */
import { words } from "../../core/i18n.js";
import { principalName, roleName } from "../names.js";

const T = words({
  everybody: ["everybody", "모두"],
  role: [(names) => `the role ${names}`, (names) => `역할 ${names}`],
  group: [(names) => `the group ${names}`, (names) => `그룹 ${names}`],
  allTwins: ["all twins", "모든 트윈"],
  twins: [(names) => `twins ${names}`, (names) => `트윈 ${names}`],
  models: [(names) => `twins of ${names}`, (names) => `${names} 모델의 트윈`],
  within: [(hops, twin, names) => `within ${hops} ${hops === 1 ? "hop" : "hops"} of ${twin} by ${names}`,
    (hops, twin, names) => `${twin}에서 ${names} 관계로 ${hops}단계 안`],
  paths: [(names, what) => `${names} of ${what}`, (names, what) => `${what}의 ${names}`],
  worlds: [(names) => ` in the world ${names}`, (names) => ` (세계: ${names})`],
  read: ["read", "읽기"],
  write: ["write", "쓰기"],
  both: [(isAllowed) => (isAllowed ? "read and write" : "read or write"), () => "읽기와 쓰기"],
  allow: [(who, verb, what, where) => `${who} may ${verb} ${what}${where}.`,
    (who, verb, what, where) => `${who}: ${what} ${verb} 허용${where}.`],
  deny: [(who, verb, what, where) => `${who} may not ${verb} ${what}${where}.`,
    (who, verb, what, where) => `${who}: ${what} ${verb} 거부${where}.`],
});

/** What a policy says, in a sentence. */
export function policyText(policy) {
  const text = T[policy.effect](who(policy.principals), verb(policy), what(policy), where(policy.worlds));
  return text[0].toUpperCase() + text.slice(1);
}

function who({ roles = [], groups = [], ids = [] } = {}) {
  const found = [
    roles.length > 0 && T.role(roles.map(roleName).join(", ")),
    groups.length > 0 && T.group(groups.join(", ")),
    ...ids.map((id) => (id.includes("*") ? id : principalName(id))),
  ].filter(Boolean);
  return found.length === 0 ? T.everybody : found.join(" / ");
}

function verb({ actions, effect }) {
  return actions?.length === 1 ? T[actions[0]] : T.both(effect === "allow");
}

function what({ twins, models, within, paths }) {
  const found = [
    models && T.models(models.map((each) => each.replace(/^dtmi:/, "")).join(", ")),
    twins && T.twins(twins.join(", ")),
    within && T.within(within.hops, within.twin, within.relationships.join(", ")),
  ].filter(Boolean);
  const all = found.length === 0 ? T.allTwins : found.join(", ");
  return paths ? T.paths(paths.join(", "), all) : all;
}

function where(worlds) {
  return worlds ? T.worlds(worlds.join(", ")) : "";
}
