/** When the picture is drawn: when it is asked for, and one at a time. @module */
import { onMove } from "./camera.js";
import { figures } from "./figures.js";
import { paint, startPainter } from "./painter.js";
import { isDrawnInSoftware } from "./surface.js";
import { cameraNow, extent, setFrame, setSeen } from "./views.js";

/** Milliseconds without a change after which the processor draws a smooth picture. */
const rests = 250;

let software = false;
let isStarted = false;
let isAsked = false;
let isPainting = false;
let isHasty = false;
let rest = 0;
const after = new Set();
let waiting = [];
/** The models whose values have changed since the last picture; `null`: anything may have. */
let changed = null;
const resting = new Set();

/** Puts the canvas into the page. Throws where there is no WebGL. */
export function startView(canvas) {
  software = isDrawnInSoftware();
  startPainter(canvas, software);
  isStarted = true;
  setFrame(canvas.parentElement);
  new ResizeObserver(() => draw()).observe(canvas.parentElement);
  canvas.addEventListener("webglcontextrestored", () => draw());
  onMove(() => draw());
}

/** Whether the processor draws, for want of a graphics card: then there is less to be drawn. */
export function isSoftware() {
  return software;
}

/** Whether the picture that is shown is the last one until something changes. */
export function isAtRest() {
  return !isAsked && !isPainting && !isHasty;
}

/** Calls `tell()` after each picture. */
export function onDrawn(tell) {
  after.add(tell);
}

/** Calls `tell()` before each picture that is drawn because nothing has changed for a while. */
export function onRest(tell) {
  resting.add(tell);
}

/**
 * Asks for a picture: before the next paint, or where the processor draws just after it, so that none waits.
 * @param {Set<string>} [models]  those that alone have changed, by nothing but their values
 */
export function draw(models) {
  if (!isStarted) return;
  if (models) for (const each of models) changed?.add(each);
  else changed = null;
  smoothen();
  request();
}

/** The same, and waits until it is shown; not while nobody looks, or where the one that is shown would do. */
export function drawn(models) {
  if (models?.size === 0 && isAtRest()) {
    figures.drawn = figures.loaded;
    return Promise.resolve();
  }
  draw(models);
  if (!isStarted || document.hidden) return Promise.resolve();
  return new Promise((resolve) => waiting.push(resolve));
}

/** Without a graphics card pictures are coarse until nothing changes for a while, and smooth only then. */
export function smoothen() {
  if (!software) return;
  isHasty = true;
  clearTimeout(rest);
  rest = setTimeout(() => {
    isHasty = false;
    changed = null;
    for (const tell of resting) tell();
    request();
  }, rests);
}

function request() {
  if (isAsked) return;
  isAsked = true;
  if (isPainting) return;
  requestAnimationFrame(() => {
    if (software) setTimeout(show);
    else show();
  });
}

function show() {
  isAsked = false;
  const told = waiting;
  waiting = [];
  const { width, height } = extent();
  if (width === 0 || height === 0) {
    for (const tell of told) tell();
    return;
  }
  const began = performance.now();
  const { loaded } = figures;
  const from = cameraNow();
  const isOf = changed;
  changed = new Set();
  isPainting = true;
  paint(isHasty, isOf, () => {
    isPainting = false;
    const isDue = isAsked;
    isAsked = false;
    setSeen(from);
    figures.frame = performance.now() - began;
    figures.frames += 1;
    figures.drawn = loaded;
    if (figures.firstPicture === 0 && figures.tiles > 0) figures.firstPicture = performance.now();
    for (const tell of [...after, ...told]) tell();
    if (isDue) request();
  });
}
