/** Making forks: the dialog, and the gesture that drags one off the slider. @module */
import { request } from "../core/api.js";
import { field, openForm } from "../core/dialog.js";
import { words } from "../core/i18n.js";
import { fill, h } from "../core/dom.js";
import { instant } from "../core/format.js";
import { notice } from "../core/notice.js";
import { openPanel } from "../core/panels.js";
import { may } from "../core/session.js";
import { store } from "../core/store.js";
import { axis } from "../time/axis.js";
import { nameOfWorld, worldNamed } from "./list.js";

const T = words({
  title: ["Fork the world", "세계 갈라 내기"],
  from: [(world, when) => `A world of its own that begins as "${world}" was ${when}. Nothing you do in it touches the other.`,
    (world, when) => `"${world}"의 ${when} 모습에서 시작하는 별도의 세계입니다. 여기서 하는 일은 원래 세계를 건드리지 않습니다.`],
  atInstant: [(text) => `at ${text}`, (text) => text],
  now: ["now", "지금"],
  name: ["Name", "이름"],
  nameHint: ["Letters, digits and hyphens; it stands in addresses.", "영문자, 숫자, 하이픈. 주소에 쓰입니다."],
  label: ["Label", "설명"],
  labelHint: ["What it is for, such as “two storeys more”.", "무엇을 위한 것인지. 예: “두 층 더”."],
  mode: ["What its parent does later", "부모 세계의 이후 변화"],
  detached: ["is left out", "받지 않음"],
  tracking: ["arrives here too", "계속 받음"],
  modeHint: ["Only a fork of now can go on receiving.", "지금에서 갈라 낼 때만 계속 받을 수 있습니다."],
  expires: ["Discarded by itself", "자동 폐기"],
  never: ["never", "안 함"],
  day: ["after a day", "하루 뒤"],
  week: ["after a week", "일주일 뒤"],
  month: ["after 30 days", "30일 뒤"],
  go: ["Fork", "갈라 내기"],
  made: [(name) => `You are in "${name}" now. Change what you like.`, (name) => `이제 "${name}" 안에 있습니다. 마음껏 바꾸어 보세요.`],
  drop: [(when) => `Let go to fork at ${when}`, (when) => `놓으면 ${when}에서 갈라집니다`],
});

/** Asks for a name and forks the world that is looked at, at the instant that is looked at. */
export function openForkDialog() {
  const { world, at } = store.state;
  const name = h("input", { name: "name", required: true, maxlength: 64, pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]*",
    value: freeName(), autocomplete: "off" });
  const label = h("input", { name: "label", maxlength: 300, autocomplete: "off" });
  const mode = h("select", { name: "mode" },
    h("option", { value: "detached" }, () => T.detached), h("option", { value: "tracking", disabled: at !== null || worldNamed(world)?.mode === "tracking" },
      () => T.tracking));
  const expires = h("select", { name: "expires" }, [["", "never"], ["1d", "day"], ["7d", "week"], ["30d", "month"]]
    .map(([value, key]) => h("option", { value, selected: value === "7d" }, () => T[key])));
  const when = () => (at === null ? T.now : T.atInstant(instant(at, { dateStyle: "full", timeStyle: "short" })));
  openForm({
    title: () => T.title,
    yes: () => T.go,
    body: [
      h("p", { class: "quiet-text" }, () => T.from(nameOfWorld(world), when())),
      field(() => T.name, name, () => T.nameHint),
      field(() => T.label, label, () => T.labelHint),
      h("div", { class: "two" }, field(() => T.mode, mode, at !== null && (() => T.modeHint)), field(() => T.expires, expires)),
    ],
    act: (form) => fork(world, at, Object.fromEntries(form)),
  });
  name.select();
}

async function fork(parent, at, { name, label, mode, expires }) {
  const body = { name, parent, mode };
  if (at !== null) body.at = at;
  if (label !== "") body.label = label;
  if (expires !== "") body.expires = expires;
  const made = await request("POST", "/v1/worlds", { body });
  store.set({
    worlds: [...store.state.worlds.filter((each) => each.name !== made.name), made],
    world: made.name, other: parent, otherAt: mode === "tracking" ? "same" : made.recorded, mode: "single", at: null,
    playing: false,
  });
  openPanel("edit");
  notice(T.made(nameOfWorld(made.name)));
}

function freeName() {
  const taken = new Set(store.state.worlds.map((each) => each.name));
  for (let i = 0; ; i += 1) {
    const name = i < 26 ? `plan-${String.fromCharCode(97 + i)}` : `plan-${i + 1}`;
    if (!taken.has(name)) return name;
  }
}

let overlay = null;

/** What the slider calls while its thumb is dragged off it. */
export const forkDrag = {
  may: () => may("fork"),
  /** The pointer is at these coordinates of the window. */
  move(x, y) {
    overlay ??= document.body.appendChild(h("div", { class: "fork-drag", "aria-hidden": "true" }));
    const box = document.getElementById("track").getBoundingClientRect();
    const from = { x: box.left + axis.x(store.state.at), y: box.top + 12 };
    const shape = `M${from.x} ${from.y}C${from.x + 24} ${from.y} ${from.x} ${y} ${Math.max(x, from.x + 24)} ${y}`;
    const when = store.state.at === null ? T.now : instant(store.state.at);
    const label = h("span", { class: "fork-label" }, T.drop(when));
    label.style.setProperty("transform", `translate(${Math.min(x + 14, innerWidth - 260)}px, ${y - 34}px)`);
    fill(overlay, h("svg", {}, h("path", { d: shape }), h("circle", { cx: from.x, cy: from.y, r: 4 }),
      h("circle", { cx: Math.max(x, from.x + 24), cy: y, r: 6 })), label);
  },
  /** It was let go there. */
  end() {
    forkDrag.cancel();
    openForkDialog();
  },
  /** It went back. */
  cancel() {
    overlay?.remove();
    overlay = null;
  },
};
