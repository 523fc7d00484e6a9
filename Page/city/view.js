/** The picture: draws when asked, once or for two worlds, and tells what is under a point of it. @module */
import { THREE } from "/page/lib/three/index.js";
import { store } from "../core/store.js";
import { camera, onMove, pose, shape } from "./camera.js";
import { shared } from "./materials.js";
import { isDrawnInSoftware, makeSurface } from "./surface.js";
import { figures } from "./figures.js";
import { textures } from "./texels.js";

THREE.ColorManagement.enabled = false;

export const scene = new THREE.Scene();
scene.matrixWorldAutoUpdate = true;

let renderer = null;
let surface = null;
let canvas = null;
let asked = 0;
let software = false;
let isHasty = false;
let rest = 0;
const after = new Set();
const target = new THREE.WebGLRenderTarget(1, 1);
const none = textures.size[0];

/** Whether two worlds are looked at at once. */
export function isCompared() {
  return store.state.mode !== "single" && store.state.other !== null;
}

/** Whether two worlds are drawn as their difference. */
export function isDifference() {
  return isCompared() && store.state.mode === "difference";
}

/** Puts the canvas into the page. Throws where there is no WebGL. */
export function startView(element) {
  canvas = element;
  software = isDrawnInSoftware();
  renderer = new THREE.WebGLRenderer({ canvas, antialias: !software });
  renderer.outputColorSpace = THREE.LinearSRGBColorSpace;
  renderer.autoClear = false;
  surface = makeSurface(renderer, software);
  new ResizeObserver(draw).observe(canvas.parentElement);
  canvas.addEventListener("webglcontextrestored", draw);
  onMove(draw);
}

/** Whether the processor draws, for want of a graphics card: then there is less to be drawn. */
export function isSoftware() {
  return software;
}

/** Without a graphics card pictures are coarse until nothing changes for a while, and smooth only then. */
function hasten() {
  isHasty = true;
  clearTimeout(rest);
  rest = setTimeout(() => {
    isHasty = false;
    request();
  }, 250);
}

/** Calls `tell()` after each picture. */
export function onDrawn(tell) {
  after.add(tell);
}

/** Asks for a picture: before the next paint, or where the processor draws just after it, so that none waits. */
export function draw() {
  if (renderer === null) return;
  if (software) hasten();
  request();
}

function request() {
  if (asked !== 0) return;
  asked = requestAnimationFrame(() => {
    if (software) setTimeout(show);
    else show();
  });
}

function show() {
  asked = 0;
  const began = performance.now();
  drawNow();
  figures.frame = performance.now() - began;
  figures.frames += 1;
  figures.drawn = figures.loaded;
  if (figures.firstPicture === 0 && figures.tiles > 0) figures.firstPicture = performance.now();
  for (const tell of after) tell();
}

/** Width and height of the picture in CSS pixels, and where each world is drawn in it. */
export function views() {
  const { clientWidth: width, clientHeight: height } = canvas.parentElement;
  const { mode, swipe } = { ...store.state, swipe: swipeAt.value };
  if (!isCompared() || mode === "difference") return [{ side: 0, x: 0, width, height, left: 0, right: width }];
  if (mode === "side") {
    const half = Math.floor(width / 2);
    return [{ side: 0, x: 0, width: half, height, left: 0, right: half },
      { side: 1, x: half, width: width - half, height, left: half, right: width }];
  }
  const cut = Math.round(width * swipe);
  return [{ side: 0, x: 0, width, height, left: 0, right: cut },
    { side: 1, x: 0, width, height, left: cut, right: width }];
}

/** Where the swipe's handle stands, from 0 to 1. */
export const swipeAt = { value: 0.5 };

/** Which of the views a point of the picture is in, and where in it, −1…1 each way. */
export function viewAt(x, y) {
  const view = views().find((each) => x >= each.left && x < each.right) ?? views()[0];
  shape(view.width, view.height);
  return { ...view, u: ((x - view.x) / view.width) * 2 - 1, v: 1 - (y / view.height) * 2 };
}

function drawNow() {
  const { clientWidth: width, clientHeight: height } = canvas.parentElement;
  if (width === 0 || height === 0) return;
  upload();
  const ratio = surface.begin(width, height, isHasty);
  renderer.setClearColor(shared.haze.value, 1);
  renderer.setScissorTest(true);
  for (const view of views()) {
    prepare(view);
    renderer.setViewport(ratio * view.x, 0, ratio * view.width, ratio * view.height);
    renderer.setScissor(ratio * view.left, 0, ratio * (view.right - view.left), ratio * view.height);
    renderer.clear();
    renderer.render(scene, camera);
  }
  figures.triangles = renderer.info.render.triangles;
  surface.end(width, height);
}

/** Sends textures whose values have changed to the graphics card. */
function upload() {
  const began = performance.now();
  for (const each of [...textures.colour, ...textures.size, textures.flags]) renderer.initTexture(each.value);
  figures.upload = performance.now() - began;
}

/** Puts in whose values and whose tiles these are. */
function prepare({ side, width, height }) {
  shape(width, height);
  shared.picture.value.set(width, height);
  const hasGhosts = isDifference();
  shared.mine.value = textures.colour[side].value;
  shared.theirs.value = textures.colour[1].value;
  shared.sizes.value = textures.size[side].value ?? none.value;
  shared.isDifference.value = hasGhosts ? 1 : 0;
  shared.pixel.value = (2 * Math.tan((camera.fov * Math.PI) / 360)) / height;
  shared.eye.value.copy(camera.position);
  shared.hazeFrom.value = 2500 + 2 * pose.distance;
  scene.traverse((each) => {
    const { tile, shown, isEdge, isFar } = each.userData;
    if (!tile) return;
    const isIn = tile.sides[side] || (hasGhosts && tile.isGhost && !isFar);
    each.visible = isIn && shown !== false && !(isEdge && isHasty);
  });
}

/**
 * The texel of the feature at a point of the picture as it is now, −1 where there is none. The page goes on meanwhile.
 * @returns {Promise<number>}
 */
export async function texelAt(x, y) {
  drawIds(x, y);
  const bytes = new Uint8Array(4);
  await renderer.readRenderTargetPixelsAsync(target, 0, 0, 1, 1, bytes);
  return texelOf(bytes);
}

/** The same at once, for a press that has to be taken or left. The page waits for the picture. */
export function texelNow(x, y) {
  drawIds(x, y);
  const bytes = new Uint8Array(4);
  // One that is not waited for may still hold the buffer that pixels are read into.
  const gl = renderer.getContext();
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  renderer.readRenderTargetPixels(target, 0, 0, 1, 1, bytes);
  return texelOf(bytes);
}

function texelOf(bytes) {
  return (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) - 1;
}

/** Draws a point of the picture as the texel that is there. */
function drawIds(x, y) {
  const view = viewAt(x, y);
  prepare(view);
  camera.setViewOffset(view.width, view.height, Math.floor(x - view.x), Math.floor(y), 1, 1);
  const hidden = [];
  scene.traverse((each) => {
    const { pick } = each.userData;
    if (pick) [each.userData.looks, each.material] = [each.material, pick];
    else if ((each.isMesh || each.isLine) && each.visible) {
      each.visible = false;
      hidden.push(each);
    }
  });
  renderer.setRenderTarget(target);
  renderer.setScissorTest(false);
  renderer.setClearColor(0x000000, 0);
  renderer.clear();
  renderer.render(scene, camera);
  renderer.setRenderTarget(null);
  scene.traverse((each) => {
    if (each.userData.looks) [each.material, each.userData.looks] = [each.userData.looks, null];
  });
  for (const each of hidden) each.visible = true;
  camera.clearViewOffset();
}

/** Where a place in metres stands in a view of the picture; `null` behind the camera. */
export function onScreen(view, x, y, z = 0) {
  shape(view.width, view.height);
  const point = new THREE.Vector3(x, y, z).project(camera);
  if (point.z > 1 || point.z < -1) return null;
  return { x: view.x + ((point.x + 1) / 2) * view.width, y: ((1 - point.y) / 2) * view.height, depth: point.z };
}
