/** How many twins of a model have which value of a property: bars, and the twins behind them. @module */
import { query, quoted } from "../core/api.js";
import { number } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { filterByQuery, filterByRange, term } from "./filter.js";

const T = words({
  summary: [(n, mean, low, high) => `Twins: ${n} · mean ${mean} · from ${low} to ${high}`,
    (n, mean, low, high) => `트윈 ${n}개 · 평균 ${mean} · ${low}에서 ${high}까지`],
  texts: [(n) => `Twins: ${n}`, (n) => `트윈 ${n}개`],
  none: ["No twin of this model has a value here.", "이 시점에 값이 있는 트윈이 없습니다."],
  without: ["(none)", "(없음)"],
});

const mostTexts = 40;

/**
 * Bars of the same width from the lowest to the highest value of all sides.
 * @param {{model: string, property: object, sides: object[], steps: number}} of
 * @returns {Promise<{bars: {low: number, high: number, counts: number[]}[], summary: string}>}
 */
export async function countNumbers({ model, property, sides, steps }, signal) {
  const value = term(property.path);
  const where = `FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, ${quoted(model)})`;
  const text = `SELECT MIN(${value}) AS low, MAX(${value}) AS high, AVG(${value}) AS mean, ` +
    `COUNT(${value}) AS n ${where}`;
  const all = await Promise.all(sides.map(({ world, at }) => query(text, { world, at, signal })));
  const ends = all.map((rows) => rows[0] ?? {}).filter((row) => row.n > 0);
  if (ends.length === 0) return { bars: [], summary: T.none };
  const low = Math.min(...ends.map((row) => row.low));
  const high = Math.max(...ends.map((row) => row.high));
  const count = low === high ? 1 : steps;
  const edge = (i) => (i === count ? high : low + ((high - low) * i) / count);
  const bars = Array.from({ length: count }, (_, i) => ({ low: edge(i), high: edge(i + 1), counts: [] }));
  await Promise.all(sides.map(async ({ world, at }, s) => {
    const found = await Promise.all(bars.map((bar, i) => {
      const below = `${value} ${i === count - 1 ? "<=" : "<"} ${bar.high}`;
      const text = `SELECT COUNT() AS n ${where} AND ${value} >= ${bar.low} AND ${below}`;
      return query(text, { world, at, signal });
    }));
    found.forEach((rows, i) => {
      bars[i].counts[s] = rows[0].n;
    });
  }));
  const [first] = ends;
  const [mean, least, most] = [first.mean, first.low, first.high].map((each) => number(each, property.unit));
  return { bars, summary: T.summary(number(first.n), mean, least, most) };
}

/** A bar for each text, the commonest first. */
export async function countTexts({ model, property, sides }, signal) {
  const value = term(property.path);
  const text = `SELECT ${value} AS v, COUNT() AS n FROM DIGITALTWINS T ` +
    `WHERE IS_OF_MODEL(T, ${quoted(model)}) GROUP BY ${value} ORDER BY n DESC LIMIT ${mostTexts}`;
  const all = await Promise.all(sides.map(({ world, at }) => query(text, { world, at, signal })));
  const bars = new Map();
  all.forEach((rows, s) => rows.forEach((row) => {
    if (!bars.has(row.v)) bars.set(row.v, { text: row.v, counts: sides.map(() => 0) });
    bars.get(row.v).counts[s] = row.n;
  }));
  const values = [...bars.values()];
  return { bars: values, summary: T.texts(number(values.reduce((sum, each) => sum + each.counts[0], 0))) };
}

/** What a bar is called. */
export function barName(bar, property) {
  if (bar.low !== undefined) {
    return [bar.low, bar.high].map((each) => number(each, property.unit, { digits: 4 })).join(" – ");
  }
  if (bar.text === undefined) return T.without;
  const values = property.schema?.enumValues ?? [];
  return displayName(values.find((each) => each.enumValue === bar.text)?.displayName, String(bar.text));
}

/** Shows only the twins behind some neighbouring bars on the map. */
export function filterByBars(bars, model, property) {
  if (bars[0].low !== undefined) return filterByRange([model], property, bars[0].low, bars.at(-1).high);
  const value = term(property.path);
  const literal = (text) => (typeof text === "string" ? quoted(text) : String(text));
  const parts = bars.map((bar) =>
    (bar.text === undefined ? `NOT IS_DEFINED(${value})` : `${value} = ${literal(bar.text)}`));
  const name = displayName(property.displayName, property.path);
  return filterByQuery(`${name}: ${bars.map((bar) => barName(bar, property)).join(", ")}`,
    `SELECT T.$dtId FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, ${quoted(model)}) AND (${parts.join(" OR ")})`);
}
