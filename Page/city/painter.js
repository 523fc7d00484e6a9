/** Draws the scene: as a picture, once or for two worlds, and as what is under a point of it. @module */
import { THREE } from "/page/lib/three/index.js";
import { camera, pose, shape } from "./camera.js";
import { figures } from "./figures.js";
import { layerEver } from "./layers.js";
import { shared } from "./materials.js";
import { makeSurface } from "./surface.js";
import { textures } from "./texels.js";
import { extent, isCompared, isDifference, viewAt, views } from "./views.js";

THREE.ColorManagement.enabled = false;

export const scene = new THREE.Scene();
/** The order from which on things are drawn over all twins. */
export const overAll = 10;

let renderer = null;
let surface = null;
/** The models that the kept picture is without. */
let apart = new Set();
const target = new THREE.WebGLRenderTarget(1, 1);
const none = textures.size[0];

/** Starts drawing onto a canvas. Throws where there is no WebGL. */
export function startPainter(canvas, isSoftware) {
  renderer = new THREE.WebGLRenderer({ canvas, antialias: !isSoftware });
  renderer.outputColorSpace = THREE.LinearSRGBColorSpace;
  renderer.autoClear = false;
  surface = makeSurface(renderer, isSoftware);
}

/**
 * Draws a picture, and calls `done()` once it can be seen: at once, or where the processor draws, later.
 * @param {boolean} isCoarse  whether it is to be quick rather than smooth; only where the processor draws
 * @param {Set<string>|null} models  those that alone have changed since the last one, by nothing but their values
 */
export function paint(isCoarse, models, done) {
  const { width, height } = extent();
  upload();
  renderer.setClearColor(shared.haze.value, 1);
  if (isCoarse && models && canStandApart(models)) {
    paintApart(models, width, height);
  } else {
    apart = new Set();
    render(surface.begin(width, height, isCoarse ? "coarse" : "fine"), isCoarse);
  }
  figures.triangles = renderer.info.render.triangles;
  surface.end(width, height, done);
}

/** Whether what models' values change can be drawn over a picture of all else: it stands, and hides what it is before. */
function canStandApart(models) {
  return !isCompared() && [...apart, ...models].every((each) => {
    const { kind, materials } = layerEver(each);
    return kind !== "line" && kind !== "area" && !materials.solid.transparent;
  });
}

/** Draws these models over a picture of all else, which is kept for the next one that changes no others. */
function paintApart(models, width, height) {
  const isKept = apart.size > 0 && [...models].every((each) => apart.has(each));
  if (!isKept) apart = new Set([...apart, ...models]);
  scene.traverse((each) => {
    const { tile } = each.userData;
    each.layers.set((tile ? apart.has(tile.model) : each.renderOrder >= overAll) ? 1 : 0);
  });
  if (!isKept) {
    camera.layers.set(0);
    render(surface.begin(width, height, "kept"), true);
  }
  camera.layers.set(1);
  const ratio = surface.begin(width, height, "coarse");
  surface.restore();
  render(ratio, true, false);
  camera.layers.enableAll();
}

function render(ratio, isCoarse, isCleared = true) {
  renderer.setScissorTest(true);
  for (const view of views()) {
    prepare(view, isCoarse);
    renderer.setViewport(ratio * view.x, 0, ratio * view.width, ratio * view.height);
    renderer.setScissor(ratio * view.left, 0, ratio * (view.right - view.left), ratio * view.height);
    if (isCleared) renderer.clear();
    renderer.render(scene, camera);
  }
}

/** Sends textures whose values have changed to the graphics card. */
function upload() {
  const began = performance.now();
  for (const each of [...textures.colour, ...textures.size, textures.flags]) renderer.initTexture(each.value);
  figures.upload = performance.now() - began;
}

/** Puts in whose values and whose tiles these are. */
function prepare({ side, width, height }, isCoarse = false) {
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
    each.visible = isIn && shown !== false && !(isEdge && isCoarse);
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
