/** The range of values that the scale of colours spans. @module */
import { store } from "../core/store.js";
import { layerOf } from "./layers.js";
import { valuesOf } from "./values.js";
import { isCompared } from "./view.js";
import { nothing } from "./numbers.js";

const seen = new Map();

/** The property that colours, as its layer has it, or `null`. */
export function colourProperty() {
  const { colour } = store.state;
  const layer = colour && layerOf(colour.model);
  return layer?.properties.find(({ path }) => path === colour.path) ?? null;
}

/**
 * What the scale spans, and which it is. Somebody may have set the range (`store.colour.range`); else it is that of the
 * middle 96 of 100 values, of all that were looked at so far, so that colours keep their meaning while time goes.
 * @returns {{from: number, to: number, scale: string, isDifference: boolean}}
 */
export function colourRange() {
  const { colour, mode } = store.state;
  const isDifference = isCompared() && mode === "difference";
  const scale = isDifference ? "difference" : colour?.scale ?? "viridis";
  if (!colour) return { from: 0, to: 1, scale, isDifference };
  if (isDifference) {
    const most = colour.differenceRange ?? largestDifference(colour.model);
    return { from: -most, to: most, scale, isDifference };
  }
  if (colour.range) return { from: colour.range[0], to: colour.range[1], scale, isDifference };
  const name = `${colour.model} ${colour.path}`;
  for (const side of [0, 1]) {
    const values = valuesOf("colour", side, colour.model);
    if (!values || values.path !== colour.path || values.some === 0) continue;
    const { from, to } = seen.get(name) ?? values;
    seen.set(name, { from: Math.min(from, values.from), to: Math.max(to, values.to) });
  }
  const { from, to } = seen.get(name) ?? { from: 0, to: 1 };
  return { from, to: to > from ? to : from + 1, scale, isDifference };
}

/** The largest difference between the two worlds of tiles that both have; 1 where there is none. */
function largestDifference(model) {
  const [mine, theirs] = [valuesOf("colour", 0, model), valuesOf("colour", 1, model)];
  let most = 0;
  for (const [hash, values] of mine?.tiles ?? []) {
    const other = theirs?.tiles.get(hash);
    for (let i = 0; other && i < values.length; i++) {
      if (values[i] !== nothing && other[i] !== nothing) most = Math.max(most, Math.abs(values[i] - other[i]));
    }
  }
  return most > 0 ? most : 1;
}
