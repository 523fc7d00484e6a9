/** The pointer on the map: drag to move, drag with the right button to turn, wheel to zoom, two fingers for all. @module */
import { fly, groundAt, place, pose } from "./camera.js";
import { viewAt } from "./views.js";

/**
 * What takes the pointer before the map does: `down(point)` answers whether it takes what follows, up to `up(point)`.
 * @typedef {{down?: (point: object) => boolean, move?: (point: object) => void, up?: (point: object) => void,
 *   click?: (point: object) => boolean, hover?: (point: object) => void, leave?: () => void}} Taker
 */

/** @type {Taker[]} */
const takers = [];
const down = new Map();
let taker = null;
let anchor = null;
let start = null;
let fingers = null;
let hasMoved = false;

/** Brings somebody who may take the pointer; the newest is asked first. @param {Taker} each */
export function takePointer(each) {
  takers.unshift(each);
}

let canvas = null;

/** Starts listening. */
export function startPointer(element) {
  canvas = element;
  canvas.addEventListener("pointerdown", pressed);
  canvas.addEventListener("pointermove", moved);
  canvas.addEventListener("pointerup", released);
  canvas.addEventListener("pointercancel", released);
  canvas.addEventListener("pointerleave", () => takers.forEach((each) => each.leave?.()));
  canvas.addEventListener("wheel", wheeled, { passive: false });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  canvas.addEventListener("dblclick", (event) => {
    const ground = pointOf(event).ground;
    if (ground) fly({ ...ground, distance: pose.distance / 2 });
  });
}

/** A point of the picture: where, which view, and the ground under it. */
function pointOf(event) {
  const box = canvas.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const view = viewAt(x, y);
  return { x, y, view, ground: groundAt(view.u, view.v), event };
}

function pressed(event) {
  canvas.setPointerCapture(event.pointerId);
  const point = pointOf(event);
  down.set(event.pointerId, point);
  hasMoved = down.size > 1;
  begin(point);
  taker = down.size === 1 && event.button === 0 ? takers.find((each) => each.down?.(point)) ?? null : null;
}

/** From here on the ground that is under a point, or between two fingers, stays there. */
function begin(point) {
  start = { ...pose };
  fingers = down.size === 2 ? between() : null;
  const { u, v } = fingers ? viewAt(fingers.x, fingers.y) : point.view;
  anchor = groundAt(u, v);
}

function moved(event) {
  if (!down.has(event.pointerId)) {
    if (event.buttons === 0) {
      const point = pointOf(event);
      for (const each of takers) each.hover?.(point);
    }
    return;
  }
  const from = down.get(event.pointerId);
  const box = canvas.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  if (Math.hypot(x - from.x, y - from.y) > (event.pointerType === "touch" ? 10 : 4)) hasMoved = true;
  from.now = { x, y };
  if (taker) taker.move?.(pointOf(event));
  else if (fingers) pinch();
  else if (hasMoved && (from.event.button === 2 || event.ctrlKey || event.shiftKey)) turn(x - from.x, y - from.y);
  else if (hasMoved) drag(x, y);
}

function turn(dx, dy) {
  place({ bearing: start.bearing - dx * 0.3, pitch: start.pitch + dy * 0.25 });
}

function drag(x, y) {
  place(start);
  hold(x, y);
}

/** Moves so that the ground that was taken is under a point again. */
function hold(x, y) {
  const view = viewAt(x, y);
  const ground = anchor && groundAt(view.u, view.v);
  if (!ground) return;
  const most = 4 * start.distance;
  const clamp = (value) => Math.min(most, Math.max(-most, value));
  place({ x: pose.x + clamp(anchor.x - ground.x), y: pose.y + clamp(anchor.y - ground.y) });
}

/** The middle of two fingers, how far apart they are, and in which direction, in degrees. */
function between() {
  const [a, b] = [...down.values()].map((each) => each.now ?? each);
  const [x, y] = [b.x - a.x, b.y - a.y];
  return {
    x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.max(20, Math.hypot(x, y)),
    way: (Math.atan2(y, x) * 180) / Math.PI,
  };
}

/** Zooms and turns as two fingers do, about the ground between them. */
function pinch() {
  const { x, y, apart, way } = between();
  place({ ...start, distance: (start.distance * fingers.apart) / apart, bearing: start.bearing - way + fingers.way });
  hold(x, y);
}

function released(event) {
  const from = down.get(event.pointerId);
  down.delete(event.pointerId);
  if (!from) return;
  const point = pointOf(event);
  if (taker) taker.up?.(point);
  else if (!hasMoved && from.event.button === 0 && event.type === "pointerup") takers.find((each) => each.click?.(point));
  taker = null;
  const [left] = down.values();
  if (left) begin({ view: viewAt((left.now ?? left).x, (left.now ?? left).y) });
}

function wheeled(event) {
  event.preventDefault();
  const { ground } = pointOf(event);
  const factor = Math.exp(Math.min(120, Math.max(-120, event.deltaY)) * 0.0016);
  const distance = Math.min(60000, Math.max(25, pose.distance * factor));
  const share = distance / pose.distance;
  const to = ground && Math.hypot(ground.x - pose.x, ground.y - pose.y) < 6 * pose.distance ? ground : pose;
  place({ distance, x: to.x + (pose.x - to.x) * share, y: to.y + (pose.y - to.y) * share });
}
