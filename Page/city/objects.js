/** What is drawn of a tile: meshes of its arrays, as much of each as its detail wants. @module */
import { THREE } from "/page/lib/three/index.js";
import { quantum, squares, steps } from "./build.js";
import { isDense, isDistrict, layerOf } from "./layers.js";
import { edgesUntil } from "./materials.js";
import { nothing } from "./numbers.js";
import { scene } from "./view.js";

const discsUntil = 3000;
const wallsUntil = 8000;
const roof = 6;
const group = { district: 0, area: 1, line: 2, outline: 2.5, far: 3, solid: 4, edge: 5, spot: 6 };

function geometry(tile, part, index) {
  const made = new THREE.BufferGeometry();
  made.setAttribute("at", new THREE.BufferAttribute(part.at, 4));
  made.setAttribute("texel", new THREE.BufferAttribute(part.texel, 1));
  if (part.side) made.setAttribute("aside", new THREE.BufferAttribute(part.side, 2));
  made.setIndex(new THREE.BufferAttribute(index, 1));
  made.boundingSphere = sphere(part);
  return made;
}

function sphere({ at }) {
  let [reach, high] = [0, 0];
  for (let i = 0; i < at.length; i += 4) {
    reach = Math.max(reach, Math.abs(at[i]), Math.abs(at[i + 1]));
    high = Math.max(high, at[i + 2]);
  }
  return new THREE.Sphere(new THREE.Vector3(0, 0, high / 2), Math.hypot(reach * Math.SQRT2, high / 2) + 400);
}

function put(tile, object, order, pick) {
  object.position.set(1000 * tile.x + 500, 1000 * tile.y + 500, 0);
  object.scale.setScalar(quantum);
  object.renderOrder = order;
  object.userData = { sides: tile.sides, shown: true, pick };
  scene.add(object);
  object.updateMatrixWorld();
  tile.objects.push(object);
  return object;
}

/** A post with six sides: its foot at 0, its head at 1; of a disc only its head. */
function post(isDisc) {
  const made = new THREE.InstancedBufferGeometry();
  const at = [];
  for (const z of [0, 1]) {
    for (let i = 0; i < 6; i++) at.push(Math.cos((i * Math.PI) / 3), Math.sin((i * Math.PI) / 3), z);
  }
  const index = [];
  for (let i = 0; i < 6; i++) {
    const j = (i + 1) % 6;
    if (!isDisc) index.push(i, j, 6 + j, i, 6 + j, 6 + i);
    if (i > 0 && i < 5) index.push(6, 6 + i, 6 + i + 1);
  }
  made.setAttribute("post", new THREE.BufferAttribute(Float32Array.from(at), 3));
  made.setIndex(index);
  return made;
}

function spotGeometry(part, isDisc) {
  const made = post(isDisc);
  made.setAttribute("at", new THREE.InstancedBufferAttribute(part.at, 4));
  made.setAttribute("texel", new THREE.InstancedBufferAttribute(part.texel, 1));
  made.instanceCount = part.index.length;
  made.boundingSphere = sphere(part);
  return made;
}

/** A box without a floor, from 0 to 1 each way; its first six indices are its roof. */
function boxGeometry({ share, height }) {
  const made = new THREE.InstancedBufferGeometry();
  const at = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1];
  made.setAttribute("corner", new THREE.BufferAttribute(Float32Array.from(at), 3));
  made.setIndex([4, 5, 6, 4, 6, 7, 0, 1, 5, 0, 5, 4, 1, 2, 6, 1, 6, 5, 2, 3, 7, 2, 7, 6, 3, 0, 4, 3, 4, 7]);
  const cells = [];
  for (let cell = 0; cell < share.length; cell++) {
    if (share[cell] > 0) cells.push(cell);
  }
  const side = 1000 / squares;
  const where = cells.flatMap((cell) => [
    (cell % squares) * side - 500, Math.floor(cell / squares) * side - 500, share[cell], height[cell],
  ]);
  made.setAttribute("cell", new THREE.InstancedBufferAttribute(Float32Array.from(where), 4));
  const means = new Float32Array(2 * cells.length).fill(nothing);
  made.setAttribute("mean", new THREE.InstancedBufferAttribute(means, 2));
  made.instanceCount = cells.length;
  made.boundingSphere = new THREE.Sphere(new THREE.Vector3(0, 0, 50), 800);
  made.userData.cells = cells;
  return made;
}

/** Makes what is drawn of a tile that has come. */
export function objects(tile) {
  const { materials } = layerOf(tile.model);
  const { parts } = tile;
  tile.objects = [];
  if (parts.solid) {
    put(tile, new THREE.Mesh(geometry(tile, parts.solid, parts.solid.index), materials.solid), group.solid,
      materials.pick.solid).userData.ends = parts.solid.indexEnd;
    const lines = new THREE.LineSegments(geometry(tile, parts.solid, parts.solid.edge), materials.edge);
    const edges = put(tile, lines, group.edge);
    Object.assign(edges.userData, { ends: parts.solid.edgeEnd, isEdge: true });
    const { attributes } = tile.objects[0].geometry;
    Object.assign(edges.geometry.attributes, { at: attributes.at, texel: attributes.texel });
  }
  const isPlain = parts.fill && !isDistrict(layerOf(tile.model));
  if (parts.fill) {
    put(tile, new THREE.Mesh(geometry(tile, parts.fill, parts.fill.index), materials.fill),
      isPlain ? group.area : group.district, materials.pick.fill);
  }
  if (parts.ribbon && !isPlain) {
    const order = parts.kind === "line" ? group.line : group.outline;
    const pick = parts.kind === "line" ? materials.pick.ribbon : undefined;
    put(tile, new THREE.Mesh(geometry(tile, parts.ribbon, parts.ribbon.index), materials.ribbon), order, pick)
      .userData.ends = parts.ribbon.indexEnd;
  }
  if (parts.spots) {
    const isDisc = isDense(layerOf(tile.model));
    put(tile, new THREE.Mesh(spotGeometry(parts.spots, isDisc), materials.spot), group.spot, materials.pick.spot)
      .userData.isDisc = isDisc;
  }
  if (parts.far) {
    const boxes = put(tile, new THREE.Mesh(boxGeometry(parts.far), materials.far), group.far);
    boxes.scale.setScalar(1);
    boxes.userData.isFar = true;
    boxes.updateMatrixWorld();
  }
}

/** Draws as much of a tile as its detail wants. */
export function arrange(tile) {
  const layer = layerOf(tile.model);
  const isShown = layer.isShown() && (tile.sides[0] || tile.sides[1]);
  const share = tile.wanted >= 3 ? 1 : tile.wanted === 2 ? 0.25 : 0;
  for (const object of tile.objects) {
    const { ends, isFar, isEdge, isDisc } = object.userData;
    if (isFar) {
      object.userData.shown = isShown && tile.wanted < 3;
      object.scale.z = tile.wanted === 1 ? 1 : 0.02;
      object.geometry.setDrawRange(0, tile.wanted === 1 && tile.distance < wallsUntil ? Infinity : roof);
      object.updateMatrixWorld();
      continue;
    }
    const isNear = tile.distance < (isDisc ? discsUntil : isEdge ? edgesUntil : Infinity);
    object.userData.shown = isShown && isNear && (!isEdge || tile.wanted === 3);
    if (!ends || tile.parts.far === undefined) continue;
    const of = Math.min(1, (share * tile.count) / Math.max(1, tile.built));
    const step = Math.ceil(of * steps) - 1;
    object.geometry.setDrawRange(0, step < 0 ? 0 : ends[step]);
    if (step < 0) object.userData.shown = false;
  }
}

/** Writes the means of a tile's squares for one of the two worlds. */
export function setMeans(tile, side, means) {
  const boxes = tile.objects?.find((each) => each.userData.isFar);
  if (!boxes) return;
  const { mean } = boxes.geometry.attributes;
  boxes.geometry.userData.cells.forEach((cell, i) => {
    mean.array[2 * i + side] = means ? means[cell] : nothing;
  });
  mean.needsUpdate = true;
}

/** Bytes of a tile's arrays. */
export function bytesOf(tile) {
  let bytes = 0;
  for (const part of ["solid", "fill", "ribbon", "spots", "far"]) {
    for (const each of Object.values(tile.parts?.[part] ?? {})) if (ArrayBuffer.isView(each)) bytes += each.byteLength;
  }
  return bytes;
}

/** Takes what is drawn of a tile away. */
export function dispose(tile) {
  for (const object of tile.objects) {
    scene.remove(object);
    object.geometry.dispose();
  }
  tile.objects = [];
  tile.parts = null;
  tile.built = -1;
}
