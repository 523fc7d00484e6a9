/** The range of values that the scale of colours spans. @module */
import { store } from "../core/store.js";
import { layerOf } from "./layers.js";
import { valuesOf } from "./values.js";
import { isCompared } from "./views.js";

const seen = new Map();
const tallest = new Map();

/** The property that colours, as its layer has it, or `null`. */
export function colourProperty() {
  const { colour } = store.state;
  const layer = colour && layerOf(colour.model);
  return layer?.properties.find(({ path }) => path === colour.path) ?? null;
}

/** Metres that one unit of the property which gives heights stands for: metres are metres, the most of others 250 m. */
export function tallScale() {
  const { tall } = store.state;
  const layer = tall && layerOf(tall.model);
  const property = layer?.properties.find(({ path }) => path === tall.path);
  if (!property) return 1;
  if (/(^|:)metre(;|$)/.test(property.unit ?? "")) return 1;
  const highs = [0, 1].map((side) => valuesOf("size", side, tall.model)?.high ?? 0);
  const name = `${tall.model} ${tall.path}`;
  const most = Math.max(tallest.get(name) ?? 0, ...highs);
  tallest.set(name, most);
  return most > 0 ? 250 / most : 1;
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
    const most = colour.differenceRange ?? (valuesOf("colour", 0, colour.model)?.largest || 1);
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
