/** The others in the top bar: their badges, where they look, following them and being followed. @module */
import { byId, fill, h } from "../core/dom.js";
import { instant, number } from "../core/format.js";
import { words } from "../core/i18n.js";
import { showView } from "../core/link.js";
import { notice } from "../core/notice.js";
import { store } from "../core/store.js";
import { badge } from "./badge.js";
import { follow, unfollow } from "./presence.js";

const SHOWN = 4;
const T = words({
  here: [(n) => (n === 1 ? "1 other person here" : `${n} others here`), (n) => `함께 보는 사람 ${n}명`],
  title: ["Also in this world", "이 세계를 함께 보는 사람"],
  now: ["now", "지금"],
  away: [(distance) => `${distance} from your view`, (distance) => `내 화면에서 ${distance}`],
  same: ["looks where you look", "같은 곳을 보는 중"],
  follow: ["Follow", "따라가기"],
  stop: ["Stop", "그만"],
  there: ["Go there", "그곳으로"],
  lead: ["Ask all to follow me", "모두 나를 따라오게 하기"],
  leading: ["You lead. Stop", "안내 중. 그만하기"],
  following: [(name) => `Following ${name}`, (name) => `${name} 따라가는 중`],
  followingHint: ["Stops when you move the view, or with Escape", "화면을 움직이거나 Esc를 누르면 멈춥니다"],
  stopped: [(name) => `You no longer follow ${name}.`, (name) => `${name} 따라가기를 멈췄습니다.`],
  asks: [(name) => `${name} asks you to follow.`, (name) => `${name} 님이 따라오라고 합니다.`],
});

/** Shows who else is here; nothing when nobody is. */
export function startOthers() {
  const bar = byId("people");
  const list = h("div", { id: "people-list", popover: "auto", role: "dialog", "aria-label": () => T.title });
  const badges = h("div", {});
  const mark = h("div", { "aria-live": "polite" });
  fill(bar, mark, badges, list);
  const draw = () => {
    const { people, following, leading, camera } = store.state;
    const line = JSON.stringify([people.map(({ id, name }) => [id, name]), following, leading]);
    if (line !== badges.dataset.line) {
      badges.dataset.line = line;
      fill(badges, people.length > 0 && opener(people, following));
      fill(mark, following && chip(following));
    }
    if (people.length === 0 && list.matches(":popover-open")) list.hidePopover();
    if (list.matches(":popover-open")) fillList(list, people, following, leading, camera);
  };
  list.addEventListener("beforetoggle", ({ newState }) => {
    const { people, following, leading, camera } = store.state;
    if (newState === "open") fillList(list, people, following, leading, camera);
  });
  store.on(["people", "following", "leading"], draw);
  watchRequests();
  stopWhenMoved();
}

function opener(people, following) {
  return h("button", {
    class: "quiet people-open", popovertarget: "people-list",
    title: () => people.map(({ name }) => name).join(", "),
    "aria-label": () => `${T.here(people.length)}: ${people.map(({ name }) => name).join(", ")}`,
  }, people.slice(0, SHOWN).map((person) => h("span", {
    class: person.id === following?.id ? "ring on" : "ring",
  }, badge(person.principal, () => person.name))),
  people.length > SHOWN && h("span", { class: "more" }, `+${people.length - SHOWN}`));
}

function chip(following) {
  return h("button", { class: "following", title: () => T.followingHint, onclick: unfollow },
    () => T.following(following.name), h("span", { "aria-hidden": "true" }, " ✕"));
}

function fillList(list, people, following, leading, camera) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.act : null;
  fill(list, h("h2", {}, () => T.title), h("ul", {}, people.map((person) => h("li", {},
    badge(person.principal, () => person.name),
    h("div", { class: "person" }, h("strong", {}, person.name),
      h("span", { class: "quiet-text" }, () => place(person, camera))),
    act(`there-${person.id}`, "small quiet", () => showView(person.view ?? {}), () => T.there),
    person.id === following?.id ? act(person.id, "small", unfollow, () => T.stop, true)
      : act(person.id, "small", () => follow(person), () => T.follow)))),
  act("lead", "lead", lead, () => (leading ? T.leading : T.lead), leading));
  if (focused) list.querySelector(`[data-act="${CSS.escape(focused)}"]`)?.focus();
}

function lead() {
  store.set({ leading: !store.state.leading, following: null });
}

function act(name, style, onclick, text, isOn = false) {
  return h("button", { class: style, "data-act": name, "aria-pressed": isOn && "true", onclick }, text);
}

/** When and how far away somebody looks. */
function place({ view }, camera) {
  if (!view) return "";
  const parts = [view.at ? instant(view.at) : T.now];
  if (view.other) parts.push(`${view.world ?? "live"} ↔ ${view.other}`);
  if (camera && view.camera) {
    const away = metres(camera, view.camera);
    parts.push(away < 20 ? T.same : T.away(away < 1000 ? number(away, "metre", { digits: 2 })
      : number(away / 1000, "kilometre", { digits: 2 })));
  }
  return parts.join(" · ");
}

/** The distance of two places on the ground, near enough for a city. */
function metres(a, b) {
  const degree = 111320;
  const east = (a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180) * degree;
  return Math.hypot(east, (a.lat - b.lat) * degree);
}

/** Tells once when somebody asks to be followed. */
function watchRequests() {
  let asked = new Set();
  store.on(["people"], ({ people, following }) => {
    const asking = people.filter(({ view }) => view?.leading);
    for (const person of asking) {
      if (asked.has(person.id) || following) continue;
      notice(T.asks(person.name), "info", { label: T.follow, act: () => follow(person) });
    }
    asked = new Set(asking.map(({ id }) => id));
  });
}

/** Whoever moves the view with the pointer, the wheel or the keys goes on alone. */
function stopWhenMoved() {
  const stop = (event) => {
    const { following } = store.state;
    const isKey = event.type === "keydown";
    if (following === null || (isKey && ["Tab", "Shift", "Control", "Alt"].includes(event.key))) return;
    notice(T.stopped(following.name));
    unfollow();
  };
  for (const id of ["city", "time", "mode", "search", "layers", "dock"]) {
    for (const type of ["pointerdown", "wheel", "keydown"]) {
      byId(id).addEventListener(type, stop, { capture: true, passive: true });
    }
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.querySelector(":popover-open") === null) stop(event);
  });
}
