/** What is drawn of a tile: meshes of its arrays, as much of each as its detail wants. @module */
import { THREE } from "/page/lib/three/index.js";
import { isDense, isDistrict, layerEver } from "./layers.js";
import { quantum, steps } from "./shape.js";
import { edgesUntil } from "./shaders.js";
import { scene } from "./painter.js";

const discsUntil = 3000;
const wallsUntil = 8000;
const group = { district: 0, area: 1, line: 2, outline: 2.5, far: 3, solid: 4, edge: 5, spot: 6 };

function geometry(tile, part, index) {
  const made = new THREE.BufferGeometry();
  made.setAttribute("at", new THREE.BufferAttribute(part.at, 4));
  made.setAttribute("texel", new THREE.BufferAttribute(part.texel, 1));
  if (part.post) made.setAttribute("post", new THREE.BufferAttribute(part.post, 4));
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
  object.userData = { tile, shown: true, pick };
  scene.add(object);
  object.updateMatrixWorld();
  tile.objects.push(object);
  return object;
}

/** Makes what is drawn of a tile that has come. */
export function objects(tile) {
  const { materials } = layerEver(tile.model);
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
  const isPlain = parts.fill && !isDistrict(layerEver(tile.model));
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
    const { spots } = parts;
    put(tile, new THREE.Mesh(geometry(tile, spots, spots.index), materials.spot), group.spot, materials.pick.spot)
      .userData.isDisc = isDense(layerEver(tile.model));
  }
  if (parts.far) {
    put(tile, new THREE.Mesh(geometry(tile, parts.far, parts.far.index), materials.far), group.far)
      .userData.isFar = true;
  }
}

/** Draws as much of a tile as its detail wants. */
export function arrange(tile) {
  const layer = layerEver(tile.model);
  const isShown = layer.isShown() && (tile.sides[0] || tile.sides[1]);
  const share = tile.wanted >= 3 ? 1 : tile.wanted === 2 ? 0.25 : 0;
  for (const object of tile.objects) {
    const { ends, isFar, isEdge, isDisc } = object.userData;
    if (isFar) {
      object.userData.shown = isShown && tile.wanted < 3;
      object.scale.z = tile.wanted === 1 ? quantum : quantum * 0.02;
      const hasWalls = tile.wanted === 1 && tile.distance < wallsUntil;
      object.geometry.setDrawRange(0, hasWalls ? Infinity : tile.parts.far.roofs);
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
