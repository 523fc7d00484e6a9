/** The pointer on the map: drag to move, drag with the right button to turn, wheel to zoom, two fingers for all. @module */
import { fly, groundAt, place, pose } from "./camera.js";
import { viewAt } from "./view.js";

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
  start = { ...pose };
  anchor = point.ground;
  taker = down.size === 1 && event.button === 0 ? takers.find((each) => each.down?.(point)) ?? null : null;
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
  if (Math.hypot(x - from.x, y - from.y) > 4) hasMoved = true;
  if (taker) taker.move?.(pointOf(event));
  else if (down.size === 2) pinch(event.pointerId, x, y);
  else if (hasMoved && (from.event.button === 2 || event.ctrlKey || event.shiftKey)) turn(x - from.x, y - from.y);
  else if (hasMoved) drag(x, y);
}

function turn(dx, dy) {
  place({ bearing: start.bearing - dx * 0.3, pitch: start.pitch + dy * 0.25 });
}

/** Keeps the ground that was taken under the pointer. */
function drag(x, y) {
  if (!anchor) return;
  place(start);
  const view = viewAt(x, y);
  const ground = groundAt(view.u, view.v);
  if (!ground) return;
  const most = 4 * start.distance;
  const clamp = (value) => Math.min(most, Math.max(-most, value));
  place({ x: start.x + clamp(anchor.x - ground.x), y: start.y + clamp(anchor.y - ground.y) });
}

function pinch(moving, x, y) {
  const [other] = [...down].filter(([id]) => id !== moving).map(([, point]) => point);
  const from = down.get(moving);
  const [wasX, wasY, isX, isY] = [from.x - other.x, from.y - other.y, x - other.x, y - other.y];
  const grown = Math.hypot(isX, isY) / Math.max(1, Math.hypot(wasX, wasY));
  const turned = (Math.atan2(isY, isX) - Math.atan2(wasY, wasX)) * (180 / Math.PI);
  const shifted = pose.distance * 0.001;
  place({ distance: pose.distance / grown, bearing: pose.bearing - turned });
  const b = (pose.bearing * Math.PI) / 180;
  const [dx, dy] = [(x - from.x) * shifted * 0.5, (y - from.y) * shifted * 0.5];
  place({ x: pose.x - dx * Math.cos(b) + dy * Math.sin(b), y: pose.y + dx * Math.sin(b) + dy * Math.cos(b) });
  down.set(moving, { ...from, x, y });
}

function released(event) {
  const from = down.get(event.pointerId);
  down.delete(event.pointerId);
  start = { ...pose };
  if (!from) return;
  const point = pointOf(event);
  if (taker) taker.up?.(point);
  else if (!hasMoved && from.event.button === 0 && event.type === "pointerup") takers.find((each) => each.click?.(point));
  if (down.size === 0) taker = null;
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
