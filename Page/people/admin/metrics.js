/** The server's figures: the text that Prometheus reads, as numbers. @module */

/**
 * Reads `/metrics`: for each name its samples.
 * @param {string} text
 * @returns {Map<string, {labels: Object<string, string>, value: number}[]>}
 */
export function parseMetrics(text) {
  const found = new Map();
  for (const line of text.split("\n")) {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (line.startsWith("#") || match === null) continue;
    const [, name, inside = "", value] = match;
    const pairs = [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
    const labels = Object.fromEntries(pairs.map(([, key, each]) => [key, each]));
    if (!found.has(name)) found.set(name, []);
    found.get(name).push({ labels, value: value === "+Inf" ? Infinity : Number(value) });
  }
  return found;
}

/** The sum of a name's samples whose labels fit. */
export function total(metrics, name, fits = () => true) {
  const samples = (metrics.get(name) ?? []).filter(({ labels }) => fits(labels));
  return samples.reduce((sum, { value }) => sum + value, 0);
}

/**
 * A quantile of a histogram, in its unit: of what came since `before` if that is given and something came, else of
 * everything. Between two bounds it is taken as even.
 */
export function quantile(metrics, before, name, share) {
  const counts = (from) => {
    const sums = new Map();
    for (const { labels, value } of from?.get(`${name}_bucket`) ?? []) {
      const bound = labels.le === "+Inf" ? Infinity : Number(labels.le);
      sums.set(bound, (sums.get(bound) ?? 0) + value);
    }
    return sums;
  };
  const now = counts(metrics);
  const then = counts(before);
  const bounds = [...now.keys()].sort((a, b) => a - b);
  let rows = bounds.map((bound) => [bound, now.get(bound) - (then.get(bound) ?? 0)]);
  if ((rows.at(-1)?.[1] ?? 0) === 0) rows = bounds.map((bound) => [bound, now.get(bound)]);
  const all = rows.at(-1)?.[1] ?? 0;
  if (all === 0) return null;
  let [lower, below] = [0, 0];
  for (const [bound, count] of rows) {
    if (count >= share * all) {
      if (bound === Infinity || count === below) return lower;
      return lower + (bound - lower) * ((share * all - below) / (count - below));
    }
    [lower, below] = [bound, count];
  }
  return lower;
}
