/** The account menu: who is signed in, the page's language and theme, help, the way out. @module */
import { byId, fill, h, icon, refresh } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { signOut } from "../core/session.js";
import { store } from "../core/store.js";
import { badge } from "./badge.js";
import { principalName, roleMay, roleName, shortName } from "./names.js";
import { languageChoice, themeChoice } from "./preferences.js";

const T = words({
  account: ["Account", "계정"],
  groups: ["Groups", "그룹"],
  name: ["Name", "이름"],
  nameHint: ["shown to others here", "함께 보는 사람에게 보입니다"],
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
  store.set({ name: localStorage.getItem("nuri.name") ?? "" });
  store.on(["name"], ({ name }) => {
    localStorage.setItem("nuri.name", name);
    refresh(byId("account"));
  });
  store.on(["who"], draw);
  draw(store.state);
}

function opener(who) {
  const name = () => principalName(who.id);
  return h("button", {
    class: "quiet account-open", popovertarget: "account-menu", title: () => `${T.account}: ${name()}`,
    "aria-label": () => `${T.account}: ${name()}`,
  }, badge(who.id, () => store.state.name || shortName(who.id)));
}

function menu(who) {
  return h("div", { id: "account-menu", popover: "auto", role: "dialog", "aria-label": () => T.account },
    h("p", { class: "account-name" }, () => principalName(who.id)),
    h("ul", { class: "account-roles" }, who.roles.map((role) => h("li", {},
      h("span", { class: "chip" }, () => roleName(role)), " ",
      h("span", { class: "quiet-text" }, () => roleMay(role))))),
    who.groups?.length > 0 && h("p", { class: "quiet-text" }, () => T.groups, `: ${who.groups.join(", ")}`),
    h("dl", { class: "account-choices" },
      h("dt", {}, h("label", { for: "account-name-field" }, () => T.name)), h("dd", {}, nameField(who)),
      h("dt", {}, () => T.language), h("dd", {}, languageChoice()),
      h("dt", {}, () => T.theme), h("dd", {}, themeChoice())),
    entries.map(line), line({ id: "out", icon: OUT, label: () => T.out, act: signOut }));
}

function nameField(who) {
  return h("input", {
    id: "account-name-field", maxlength: "60", autocomplete: "off", value: store.state.name,
    title: () => T.nameHint, placeholder: () => shortName(who.id),
    onchange: (event) => store.set({ name: event.target.value.trim() }),
  });
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
