/** The slider: how often the world changed, the dates, and the thumb at the instant that is looked at. @module */
import { words } from "../core/i18n.js";
import { fill, h } from "../core/dom.js";
import { duration, instant } from "../core/format.js";
import { store } from "../core/store.js";
import { axis } from "./axis.js";
import { pressKey } from "./keys.js";
import { lookAt } from "./play.js";
import { ticksOf } from "./ticks.js";

const T = words({
  instant: ["Instant looked at", "보는 시점"],
  now: [(last) => `now, last change ${last}`, (last) => `지금, 마지막 변경 ${last}`],
  silence: [(length) => `Nothing changed for ${length}`, (length) => `${length} 동안 변경 없음`],
});

/** How high the bars may be, and where the dates stand. */
const BARS = 28;
const DATES = 42;
/** How far off the track a pointer has to be dragged to fork, and how near it may come again. */
const OFF = 30;

/**
 * Makes the slider.
 * @param {object} fork  what happens while the thumb is dragged off: `move(x, y)`, `end()`, `cancel()`
 */
export function makeTrack(fork) {
  const bars = h("svg", { class: "track-bars", "aria-hidden": "true" });
  const done = h("svg", { class: "track-bars", "aria-hidden": "true" });
  const past = h("div", { class: "track-past" }, done);
  const dates = h("svg", { class: "track-dates", "aria-hidden": "true" });
  const thumb = h("div", {
    class: "thumb", id: "thumb", role: "slider", tabindex: "0", "aria-label": () => T.instant, "aria-valuemin": "0",
    "aria-valuemax": "1000", "aria-valuenow": "1000", "aria-orientation": "horizontal",
  }, h("span", { class: "thumb-knob" }));
  const track = h("div", { class: "track", id: "track" }, bars, past, dates, thumb);

  function draw() {
    if (!axis.ready) return;
    const shape = barShape();
    fill(bars, h("path", { d: shape }), foldMarks());
    fill(done, h("path", { d: shape }));
    done.style.setProperty("width", `${axis.width}px`);
    fill(dates, dateTexts());
    place();
  }

  function place() {
    if (!axis.ready) return;
    const { at } = store.state;
    const x = axis.x(at);
    const isInView = x >= -1 && x <= axis.width + 1;
    thumb.classList.toggle("beyond", !isInView);
    thumb.style.setProperty("transform", `translateX(${Math.min(Math.max(x, 0), axis.width)}px)`);
    past.style.setProperty("width", `${Math.min(Math.max(x, 0), axis.width)}px`);
    thumb.setAttribute("aria-valuenow", String(at === null ? 1000 : Math.round(axis.scale.position(Date.parse(at)) * 1000)));
    const text = at === null ? T.now(instant(axis.scale.last)) : instant(at, { dateStyle: "full", timeStyle: "short" });
    thumb.setAttribute("aria-valuetext", text);
  }

  axis.on(draw);
  store.on(["at", "language"], (_, changed) => (changed.has("language") ? draw() : place()));
  track.addEventListener("wheel", turnWheel, { passive: false });
  track.addEventListener("dblclick", () => store.set({ zoom: null }));
  thumb.addEventListener("keydown", pressKey);
  scrub(track, thumb, fork);
  return track;
}

function barShape() {
  const most = Math.max(...axis.bars.map((each) => each.changes), 1);
  const parts = [];
  for (const { from, to, changes } of axis.bars) {
    const x = axis.x(from);
    const width = Math.max(axis.x(to) - x - 1, 1);
    const height = changes === 0 ? 0 : 3 + (Math.log1p(changes) / Math.log1p(most)) * (BARS - 3);
    if (x + width > 0 && x < axis.width) {
      parts.push(`M${x.toFixed(1)} ${BARS}v${-height.toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}z`);
    }
  }
  return parts.join("");
}

function foldMarks() {
  const { parts } = axis.scale;
  return parts.slice(1).map((part, i) => {
    const [from, to] = [axis.x(parts[i].to), axis.x(part.from)];
    const x = (from + to) / 2;
    if (x < 0 || x > axis.width) return null;
    return h("g", { class: "fold" },
      h("title", {}, T.silence(duration((part.from - parts[i].to) / 1000))),
      h("rect", { x: from, y: 0, width: to - from, height: BARS }),
      h("path", { d: `M${x - 4} ${BARS - 4}l4 -20M${x} ${BARS - 4}l4 -20` }));
  });
}

function dateTexts() {
  const texts = [];
  for (const part of axis.scale.parts) {
    const [start, end] = [Math.max(axis.x(part.from), 0), Math.min(axis.x(part.to), axis.width)];
    if (end - start < 24) continue;
    const [from, to] = [axis.time(start), axis.time(end)];
    const head = instant(from, { year: "numeric", month: "short", day: "numeric" });
    const fits = end - start >= widthOf(head);
    texts.push(h("text", { x: fits ? start : end, y: DATES, class: "strong", "text-anchor": fits ? "start" : "end" }, head));
    const free = fits ? start + widthOf(head) + 12 : end;
    for (const { time, text, strong } of ticksOf(from, to, (end - start) / 74)) {
      const x = axis.x(time);
      if (x - widthOf(text) / 2 < free || x + widthOf(text) / 2 > end) continue;
      texts.push(h("line", { x1: x, x2: x, y1: BARS, y2: BARS + 4 }));
      texts.push(h("text", { x, y: DATES, "text-anchor": "middle", class: strong ? "strong" : "" }, text));
    }
  }
  return texts;
}

/** About how wide a text of the axis is: Hangul is twice as wide as a digit. */
function widthOf(text) {
  return [...text].reduce((sum, each) => sum + (each > "\u2e80" ? 11.5 : 6.5), 0);
}

function turnWheel(event) {
  if (!axis.ready) return;
  event.preventDefault();
  const turned = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
  if (Math.abs(turned) > Math.abs(event.deltaY) || event.shiftKey) axis.pan(turned);
  else axis.zoom(Math.exp(event.deltaY / 400), event.clientX - event.currentTarget.getBoundingClientRect().left);
}

/** Lets a pointer drag the thumb along, at most once a frame, and off the track to fork. */
function scrub(track, thumb, fork) {
  let box = null;
  let pointer = null;
  let forking = false;

  function follow() {
    if (pointer === null || box === null) return;
    const { x, y } = pointer;
    pointer = null;
    const off = Math.max(box.top - y, y - box.bottom);
    forking = fork.may() && off > (forking ? OFF / 2 : OFF);
    if (forking) {
      fork.move(x, y);
    } else {
      fork.cancel();
      lookAt(x >= box.right - 2 && store.state.zoom === null ? Infinity : axis.time(x - box.left));
    }
  }

  track.addEventListener("pointerdown", (event) => {
    if (!axis.ready || event.button !== 0) return;
    event.preventDefault();
    thumb.focus({ preventScroll: true });
    box = track.getBoundingClientRect();
    track.setPointerCapture(event.pointerId);
    store.set({ playing: false });
    const isThumb = Math.abs(event.clientX - box.left - axis.x(store.state.at)) < 10;
    pointer = isThumb ? null : { x: event.clientX, y: event.clientY };
    follow();
  });
  track.addEventListener("pointermove", (event) => {
    if (box === null) return;
    if (pointer === null) requestAnimationFrame(follow);
    pointer = { x: event.clientX, y: event.clientY };
  });
  track.addEventListener("pointerup", () => {
    follow();
    box = null;
    if (forking) fork.end();
    forking = false;
  });
  track.addEventListener("pointercancel", () => {
    box = null;
    forking = false;
    fork.cancel();
  });
}
