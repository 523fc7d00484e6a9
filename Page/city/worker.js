// A worker of the city: makes tiles and values ready to be drawn. Messages and answers are in workers.js.
import { build, buffersOf } from "./build.js";
import { decodeTile, decodeValues } from "./decode.js";
import { meansOf, nothing, summary } from "./numbers.js";
import { squares } from "./shape.js";

const far = new Map();

const tasks = {
  tile({ buffer, first, most, isDisc }) {
    const parts = build(decodeTile(buffer), first, most, isDisc);
    return [parts, buffersOf(parts)];
  },

  /** Notes which square each feature of a tile stands in, for means of squares. */
  far({ hash, cellOf, ground }) {
    far.set(hash, { cellOf, ground });
    return [null, []];
  },

  forget({ hash }) {
    far.delete(hash);
    return [null, []];
  },

  values({ buffer }) {
    const { low, high, tiles } = decodeValues(buffer);
    const total = [...tiles.values()].reduce((sum, each) => sum + each.length, 0);
    const all = new Float32Array(total);
    const hashes = [];
    const starts = [];
    const means = new Map();
    let at = 0;
    for (const [hash, values] of tiles) {
      for (let i = 0; i < values.length; i++) all[at + i] = values[i] === values[i] ? values[i] : nothing;
      hashes.push(hash);
      starts.push(at);
      if (far.has(hash)) means.set(hash, meansOf(all, at, far.get(hash), squares * squares));
      at += values.length;
    }
    starts.push(at);
    const found = summary(all, low, high);
    return [{ low, high, all, hashes, starts, means, ...found }, [all.buffer]];
  },
};

self.addEventListener("message", ({ data }) => {
  try {
    const started = performance.now();
    const [answer, buffers] = tasks[data.task](data);
    self.postMessage({ id: data.id, answer, spent: performance.now() - started }, buffers);
  } catch (error) {
    self.postMessage({ id: data.id, fault: error.message });
  }
});
