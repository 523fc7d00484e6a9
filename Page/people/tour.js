/** The first visit: a minute around the page, at its real controls. Can be left at any step. @module */
import { fill, h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { store } from "../core/store.js";
import { steps } from "./toursteps.js";

const SEEN = "nuri.toured";
const GAP = 14;
const T = words({
  tour: ["A one-minute tour", "1분 둘러보기"],
  step: [(n, all) => `${n} of ${all}`, (n, all) => `${all} 중 ${n}`],
  back: ["Back", "이전"],
  next: ["Next", "다음"],
  leave: ["Leave the tour", "둘러보기 끝내기"],
  finish: ["Start", "시작하기"],
  done: ["Done: that is it.", "좋습니다. 바로 그것입니다."],
});

let current = null;

/** Shows the tour to whoever is here for the first time; `?tour=yes` asks for it, `?tour=no` for none. */
export function offerTour() {
  const wish = new URLSearchParams(location.search).get("tour");
  const offer = ({ session, panel }) => {
    if (session !== "in" || current !== null) return;
    const isFirst = localStorage.getItem(SEEN) === null && panel === null && location.hash === "";
    if (wish === "yes" || (wish !== "no" && isFirst)) setTimeout(startTour, 600);
    stop();
  };
  const stop = store.on(["session"], offer);
  offer(store.state);
}

/** Begins the tour, from its first step. */
export function startTour() {
  if (current !== null || store.state.who === null) return;
  const there = steps.filter((step) => step.may?.() ?? true);
  const ring = h("div", { class: "tour-ring", "aria-hidden": "true" });
  const box = h("div", { class: "tour-box", role: "dialog", "aria-label": () => T.tour, tabindex: "-1" });
  document.body.append(ring, box);
  current = { there, ring, box, at: 0, stop: () => {}, back: document.activeElement };
  addEventListener("resize", place);
  document.addEventListener("keydown", keys);
  current.stopWho = store.on(["who"], ({ who }) => who === null && leave());
  current.timer = setInterval(place, 250);
  show(0, true);
}

function leave() {
  if (current === null) return;
  const { ring, box, stop, stopWho, back, timer } = current;
  current = null;
  stop();
  stopWho();
  clearInterval(timer);
  ring.remove();
  box.remove();
  removeEventListener("resize", place);
  document.removeEventListener("keydown", keys);
  localStorage.setItem(SEEN, "yes");
  if (back?.isConnected) back.focus();
}

function keys(event) {
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    event.preventDefault();
    leave();
  } else if (current.box.contains(event.target) && ["ArrowRight", "ArrowLeft"].includes(event.key)) {
    show(current.at + (event.key === "ArrowRight" ? 1 : -1), true);
  }
}

function show(at, isFocused) {
  const { there, box } = current;
  if (at < 0) return;
  if (at >= there.length) {
    leave();
    return;
  }
  current.stop();
  current.at = at;
  const step = there[at];
  const isLast = at === there.length - 1;
  const done = h("p", { class: "tour-done", "aria-live": "polite" });
  fill(box,
    h("p", { class: "tour-count" }, () => T.step(at + 1, there.length)),
    h("h2", {}, step.title), h("p", {}, step.text), done,
    step.act && (step.can?.() ?? true) && h("button", { type: "button", class: "tour-act", onclick: () => step.act() }, step.doIt),
    h("div", { class: "tour-foot" },
      h("button", { type: "button", class: "quiet", onclick: leave }, () => T.leave), h("span", {}),
      at > 0 && h("button", { type: "button", onclick: () => show(at - 1, true) }, () => T.back),
      h("button", { type: "button", class: "primary", onclick: () => show(at + 1, true) },
        () => (isLast ? T.finish : T.next))));
  current.stop = step.until ? watch(step, done) : () => {};
  place();
  if (isFocused) box.querySelector(".primary").focus();
}

/** Says so when somebody did what the step asks for. */
function watch({ keys: names, until }, done) {
  const look = (state) => until(state) && done.textContent === "" && fill(done, () => `✓ ${T.done}`);
  look(store.state);
  return store.on(names, look);
}

/** Puts the ring around what the step is about, and the box beside it. */
function place() {
  const { there, ring, box, at } = current;
  const found = there[at].targets.map((each) => document.querySelector(each));
  const target = found.find((each) => each?.getClientRects().length > 0);
  const frame = target?.getBoundingClientRect();
  const isWhole = !frame || frame.width * frame.height > innerWidth * innerHeight * 0.45;
  ring.hidden = isWhole;
  const { width, height } = box.getBoundingClientRect();
  let [left, top] = [(innerWidth - width) / 2, innerHeight - height - 140];
  if (!isWhole) {
    const edge = 5;
    put(ring, {
      left: frame.left - edge, top: frame.top - edge,
      width: frame.width + 2 * edge, height: frame.height + 2 * edge,
    });
    left = frame.left + frame.width / 2 - width / 2;
    top = frame.bottom + GAP;
    if (top + height > innerHeight) top = frame.top - GAP - height;
    if (frame.height > innerHeight / 3) {
      top = frame.top + 20;
      left = frame.left > innerWidth / 2 ? frame.left - GAP - width : frame.right + GAP;
    }
  }
  put(box, {
    left: Math.min(Math.max(left, 10), innerWidth - width - 10),
    top: Math.min(Math.max(top, 10), innerHeight - height - 10),
  });
}

function put(element, frame) {
  for (const [name, value] of Object.entries(frame)) element.style.setProperty(name, `${Math.round(value)}px`);
}

