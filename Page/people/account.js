/** The account menu: who is signed in, the page's language and theme, help, the way out. @module */
import { byId, fill, h, icon } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { signOut } from "../core/session.js";
import { store } from "../core/store.js";
import { hueOf, initials, principalName, roleMay, roleName } from "./names.js";
import { languageChoice, themeChoice } from "./preferences.js";

const T = words({
  account: ["Account", "계정"],
  groups: ["Groups", "그룹"],
  language: ["Language", "언어"],
  theme: ["Theme", "테마"],
  out: ["Sign out", "로그아웃"],
});

const OUT = "M14 4h5v16h-5M11 8l-4 4 4 4M7 12h9";
const entries = [];

/** Puts a line into the menu, above the way out: `{id, icon, label, act}`. */
export function bringEntry(entry) {
  entries.push(entry);
}

/** Shows the menu's button whenever somebody is signed in. */
export function startAccount() {
  const draw = ({ who }) => fill(byId("account"), who && [opener(who), menu(who)]);
  store.on(["who"], draw);
  draw(store.state);
}

/** A round badge with somebody's initials. */
export function badge(id, name) {
  return h("span", { class: `badge hue-${hueOf(id)}`, "aria-hidden": "true" }, () => initials(name()));
}

function opener(who) {
  const name = () => principalName(who.id);
  return h("button", {
    class: "quiet account-open", popovertarget: "account-menu", title: () => `${T.account}: ${name()}`,
    "aria-label": () => `${T.account}: ${name()}`,
  }, badge(who.id, shortName(who.id)));
}

/** A name of which initials say something: of a key its id alone. */
export function shortName(id) {
  return () => (id.startsWith("key:") ? id.slice(4) : principalName(id));
}

function menu(who) {
  return h("div", { id: "account-menu", popover: "auto", role: "dialog", "aria-label": () => T.account },
    h("p", { class: "account-name" }, () => principalName(who.id)),
    h("ul", { class: "account-roles" }, who.roles.map((role) => h("li", {},
      h("span", { class: "chip" }, () => roleName(role)), " ", h("span", { class: "quiet-text" }, () => roleMay(role))))),
    who.groups?.length > 0 && h("p", { class: "quiet-text" }, () => T.groups, `: ${who.groups.join(", ")}`),
    h("dl", { class: "account-choices" },
      h("dt", {}, () => T.language), h("dd", {}, languageChoice()),
      h("dt", {}, () => T.theme), h("dd", {}, themeChoice())),
    entries.map(line), line({ id: "out", icon: OUT, label: () => T.out, act: signOut }));
}

function line({ id, icon: path, label, act }) {
  return h("button", {
    class: "quiet account-line",
    id: `account-${id}`,
    onclick: () => {
      byId("account-menu").hidePopover();
      act();
    },
  }, icon(path), label);
}
