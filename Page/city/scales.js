/**
 * Scales of colour. Viridis: S. van der Walt, N. Smith 2015; cividis: J. R. Nuñez and others, PLoS ONE 13 (2018), both
 * made for all kinds of colour vision; purple to orange: ColorBrewer (C. Brewer), safe for all too.
 * @module
 */
import { THREE } from "/page/lib/three/index.js";

const stops = {
  viridis: "440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725",
  cividis: "00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838",
  difference: "542788 8073ac b2abd2 d8daeb f7f7f7 fee0b6 fdb863 e08214 b35806",
};

/** Names of the scales somebody can choose for values. */
export const valueScales = ["viridis", "cividis"];

/** A scale as a CSS gradient from left to right. */
export function gradient(name) {
  return `linear-gradient(90deg, ${stops[name].split(" ").map((each) => `#${each}`).join(", ")})`;
}

const made = new Map();

/** A scale as a texture of 256 colours. */
export function scaleTexture(name) {
  if (!made.has(name)) {
    const colours = stops[name].split(" ").map((each) => [0, 2, 4].map((i) => parseInt(each.slice(i, i + 2), 16)));
    const data = new Uint8Array(1024);
    for (let i = 0; i < 256; i++) {
      const at = (i / 255) * (colours.length - 1);
      const low = Math.min(colours.length - 2, Math.floor(at));
      for (let c = 0; c < 3; c++) data[4 * i + c] = colours[low][c] + (at - low) * (colours[low + 1][c] - colours[low][c]);
      data[4 * i + 3] = 255;
    }
    const texture = new THREE.DataTexture(data, 256, 1);
    texture.minFilter = texture.magFilter = THREE.LinearFilter;
    texture.needsUpdate = true;
    made.set(name, texture);
  }
  return made.get(name);
}
