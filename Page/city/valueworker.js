// The worker that reads values. Messages and answers are in workers.js.
import { decodeValues } from "./decode.js";
import { meansOf, nothing, summary } from "./numbers.js";
import { serve } from "./serve.js";
import { squares } from "./shape.js";

const far = new Map();

serve({
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
});
