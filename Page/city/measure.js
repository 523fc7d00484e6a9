/** Measuring: the length of a way that is clicked point by point, and the area within it. @module */
import { byId, fill, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { words } from "../core/i18n.js";
import { store } from "../core/store.js";
import { token } from "../core/theme.js";
import { data } from "./data.js";
import { areaOf, metresBetween } from "./geodesy.js";
import { takePointer } from "./pointer.js";
import { Strokes } from "./strokes.js";

const T = words({
  start: ["Click points on the map. Enter adds the middle of the map.", "지도에서 점을 누르세요. Enter는 지도 가운데를 더합니다."],
  length: ["Length", "길이"],
  area: ["Area", "면적"],
  undo: ["Undo", "되돌리기"],
  clear: ["Clear", "지우기"],
  done: ["Done", "끝내기"],
});

let points = [];
let isOn = false;
let lines = null;
const told = new Set();
const box = h("section", { id: "measure", hidden: true, "aria-label": () => T.length });

/** Brings measuring to the map. */
export function startMeasure() {
  byId("city").append(box);
  lines = new Strokes({ colour: token("--other"), width: 2.5, isOver: true });
  takePointer({ click: ({ ground }) => {
    if (!isOn || !ground) return isOn;
    addPoint(ground);
    return true;
  } });
  store.on(["language"], draw);
  store.on(["theme"], () => {
    lines.colour = token("--other");
  });
}

/** Whether somebody measures. */
export function isMeasuring() {
  return isOn;
}

/** Calls `tell()` when measuring begins or ends. */
export function onMeasure(tell) {
  told.add(tell);
}

/** Begins or ends measuring. */
export function setMeasuring(on) {
  isOn = on;
  points = [];
  byId("map").classList.toggle("measuring", on);
  draw();
  for (const tell of told) tell();
}

/** Adds a point in metres. */
export function addPoint({ x, y }) {
  points.push([x, y]);
  draw();
}

function draw() {
  box.hidden = !isOn;
  const pairs = points.slice(1).map((to, i) => [[...points[i], 0.8], [...to, 0.8]]);
  if (points.length > 2) pairs.push([[...points.at(-1), 0.8], [...points[0], 0.8]]);
  for (const [x, y] of points) pairs.push([[x - 4, y, 0.8], [x + 4, y, 0.8]], [[x, y - 4, 0.8], [x, y + 4, 0.8]]);
  lines.set(isOn ? pairs : []);
  if (!isOn) return;
  const degrees = points.map(([x, y]) => data.project.toDegrees(x, y));
  const length = degrees.slice(1).reduce((sum, to, i) => sum + metresBetween(degrees[i], to), 0);
  const row = (name, value) => h("p", { class: "legend-row" }, h("span", {}, name), h("b", {}, value));
  fill(box, points.length === 0 ? h("p", {}, T.start) : [
    row(T.length, length >= 10000 ? number(length / 1000, "kilometre") : number(length, "metre")),
    points.length > 2 && row(T.area, number(areaOf(degrees), "squareMetre")),
  ], h("div", { class: "row" },
    h("button", { disabled: points.length === 0, onclick: () => {
      points.pop();
      draw();
    } }, T.undo),
    h("button", { disabled: points.length === 0, onclick: () => setMeasuring(true) }, T.clear),
    h("button", { onclick: () => setMeasuring(false) }, T.done)));
  box.setAttribute("aria-live", "polite");
}
