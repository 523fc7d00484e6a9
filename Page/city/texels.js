/** One texel a feature: which texels are whose, and the textures that hold what they show. @module */
import { THREE } from "/page/lib/three/index.js";
import { nothing } from "./numbers.js";

const width = 2048;
let rows = 8;
let end = 0;
const free = [];

/** Bits of a feature's texel in `flags`; behind them three bits of its kind of ground, and three of its state. */
export const flag = { outside: 1, selected: 2 };
/** What a feature is in a difference of two worlds. */
export const state = { none: 0, added: 1, gone: 2, changed: 3, hidden: 4 };

function texture(integer) {
  const data = integer ? new Uint8Array(width * rows) : new Float32Array(width * rows).fill(nothing);
  const made = new THREE.DataTexture(data, width, rows, integer ? THREE.RedIntegerFormat : THREE.RedFormat,
    integer ? THREE.UnsignedByteType : THREE.FloatType);
  made.internalFormat = integer ? "R8UI" : "R32F";
  made.unpackAlignment = integer ? 1 : 4;
  made.needsUpdate = true;
  return made;
}

/**
 * What a texture holds, by name: `colour` and `size` (height, or width of a line) of the world that is looked at (0)
 * and of the one it is compared with (1), `flags`. The objects are uniforms: shared by all materials.
 */
export const textures = {
  colour: [{ value: texture(false) }, { value: texture(false) }],
  size: [{ value: texture(false) }, { value: texture(false) }],
  flags: { value: texture(true) },
};

const all = [...textures.colour, ...textures.size, textures.flags];

/** Texels for so many features; gives the first. */
export function allocate(count) {
  const at = free.findIndex((each) => each.count >= count);
  if (at >= 0) {
    const { first } = free[at];
    free[at].first += count;
    free[at].count -= count;
    if (free[at].count === 0) free.splice(at, 1);
    return first;
  }
  const first = end;
  end += count;
  while (end > width * rows) grow();
  return first;
}

/** Gives texels back. */
export function release(first, count) {
  for (const each of all) each.value.image.data.fill(each === textures.flags ? 0 : nothing, first, first + count);
  free.push({ first, count });
  free.sort((a, b) => a.first - b.first);
  for (let i = free.length - 1; i > 0; i--) {
    if (free[i - 1].first + free[i - 1].count !== free[i].first) continue;
    free[i - 1].count += free[i].count;
    free.splice(i, 1);
  }
}

function grow() {
  rows *= 2;
  for (const uniform of all) {
    const old = uniform.value;
    uniform.value = texture(uniform === textures.flags);
    uniform.value.image.data.set(old.image.data);
    old.dispose();
  }
}

/** Writes values of features that follow one another; whether any is another than before. */
export function write(uniform, first, values) {
  const { data } = uniform.value.image;
  let i = 0;
  while (i < values.length && data[first + i] === values[i]) i++;
  if (i === values.length) return false;
  data.set(values, first);
  uniform.value.needsUpdate = true;
  return true;
}

/** Takes the values of features away. */
export function clear(uniform, first, count) {
  uniform.value.image.data.fill(uniform === textures.flags ? 0 : nothing, first, first + count);
  uniform.value.needsUpdate = true;
}

/** Sets one bit of a feature, or takes it away; whether it was otherwise. */
export function mark(texel, bit, isSet) {
  const { value } = textures.flags;
  const { data } = value.image;
  const next = isSet ? data[texel] | bit : data[texel] & ~bit;
  if (next === data[texel]) return false;
  data[texel] = next;
  value.needsUpdate = true;
  return true;
}

/** Whether a feature has a bit. */
export function isMarked(texel, bit) {
  return texel >= 0 && (textures.flags.value.image.data[texel] & bit) !== 0;
}

/** Says which kind of ground a feature is, 0 for none. */
export function setKind(texel, kind) {
  const { value } = textures.flags;
  value.image.data[texel] = (value.image.data[texel] & ~28) | (kind << 2);
  value.needsUpdate = true;
}

/** Says what a feature is in a difference of two worlds. */
export function setState(texel, value) {
  const { value: texture } = textures.flags;
  texture.image.data[texel] = (texture.image.data[texel] & 31) | (value << 5);
  texture.needsUpdate = true;
}

/** Bytes that the textures take, and texels in use. */
export function texelFigures() {
  const used = end - free.reduce((sum, each) => sum + each.count, 0);
  return { texels: used, textureBytes: all.reduce((sum, each) => sum + each.value.image.data.byteLength, 0) };
}
