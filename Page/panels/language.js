/** The query language as the editor knows it: its parts, and what may come next. @module */

/** Words that a query is made of. */
export const keywords = [
  "SELECT", "TOP", "FROM", "DIGITALTWINS", "RELATIONSHIPS", "DIFF", "JOIN", "RELATED", "MATCH", "WHERE",
  "AND", "OR",
  "NOT", "IN", "NIN", "AS", "AS OF", "IN WORLD", "WORLD", "GROUP BY", "ORDER BY", "ASC", "DESC", "LIMIT",
  "OFFSET",
  "EXPLAIN", "exact", "true", "false", "null",
];

/** Functions, each with what it is written with. */
export const functions = {
  COUNT: "(x)", SUM: "(x)", AVG: "(x)", MIN: "(x)", MAX: "(x)",
  IS_OF_MODEL: "(T, 'dtmi:…')", IS_DEFINED: "(p)", IS_NULL: "(p)", IS_BOOL: "(p)", IS_NUMBER: "(p)",
  IS_STRING: "(p)",
  IS_OBJECT: "(p)", IS_PRIMITIVE: "(p)", STARTSWITH: "(a, b)", ENDSWITH: "(a, b)", CONTAINS: "(a, b)",
  ARRAY_CONTAINS: "(p, v)", ST_DISTANCE: "(a, b)", ST_WITHIN: "(a, b)", POINT: "(lon, lat)",
};

const words = new Set(keywords.flatMap((each) => each.toUpperCase().split(" ")).concat("BY", "OF"));
const part = new RegExp([
  "(?<text>'(?:\\\\.|[^'\\\\])*'?|\"(?:\\\\.|[^\"\\\\])*\"?)",
  "(?<bracket>\\[\\[[^\\]]*\\]\\])",
  "(?<number>\\b\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?\\b)",
  "(?<name>[\\p{L}_$][\\p{L}\\p{N}_$]*)",
].join("|"), "gu");

/**
 * The parts of a query that have a look: `{from, to, kind}`, of kind `keyword`, `function`, `name`, `text`,
 * `number`.
 * @param {string} text
 */
export function parts(text) {
  const found = [];
  for (const match of text.matchAll(part)) {
    const { groups, index } = match;
    const [whole] = match;
    found.push({ from: index, to: index + whole.length, kind: kindOf(groups, whole, text, index) });
  }
  return found;
}

function kindOf(groups, whole, text, index) {
  if (groups.text !== undefined) return "text";
  if (groups.number !== undefined) return "number";
  if (groups.bracket !== undefined || text[index - 1] === ".") return "name";
  if (functions[whole.toUpperCase()] && /^\s*\(/.test(text.slice(index + whole.length))) return "function";
  return words.has(whole.toUpperCase()) ? "keyword" : "name";
}

/** Names that the query gives to collections, relationships and patterns. */
export function aliases(text) {
  const found = new Set();
  const plain = text.replaceAll(/'(?:\\.|[^'\\])*'/g, "''");
  const before = /\b(?:DIGITALTWINS|RELATIONSHIPS|JOIN|RELATED\s+[\w$.]+)\s+([\p{L}_][\p{L}\p{N}_]*)/giu;
  for (const [, name] of plain.matchAll(before)) {
    if (!words.has(name.toUpperCase())) found.add(name);
  }
  for (const [, name] of plain.matchAll(/[([]\s*([\p{L}_][\p{L}\p{N}_]*)\s*(?:[)\]:])/gu)) found.add(name);
  return [...found];
}

/**
 * What may come at a place of a query.
 * @param {string} text  the whole query
 * @param {number} at
 * @param {import("../core/catalogue.js").Catalogue} models
 * @param {string[]} worlds
 * @param {(model: string, content: object) => string} describe
 * @returns {{from: number, options: {label: string, type: string, detail?: string}[]}|null}
 */
export function completions(text, at, models, worlds, describe) {
  const before = text.slice(0, at);
  const closed = /'(?:\\.|[^'\\\n])*'/g;
  const open = /'([^'\n]*)$/.exec(before.replaceAll(closed, (whole) => "_".repeat(whole.length)));
  if (open) return inText(before, at - open[1].length, models, worlds);
  const word = /[\p{L}\p{N}_$]*$/u.exec(before)[0];
  const from = at - word.length;
  const lead = before.slice(0, from);
  if (/\[\s*[\p{L}_]*\s*:(?:[\p{L}_]+\|)*$/u.test(lead)
    || /RELATED\s+[\p{L}_][\p{L}\p{N}_]*\.$/iu.test(lead)) {
    return { from, options: relationshipOptions(models) };
  }
  const path = /([\p{L}_][\p{L}\p{N}_]*)((?:\.[\p{L}\p{N}_$]+)*)\.$/u.exec(lead);
  if (path) return { from, options: propertyOptions(text, path[1], path[2].slice(1), models, describe) };
  return { from, options: [
    ...aliases(text).map((label) => ({ label, type: "variable", boost: 2 })),
    ...keywords.map((label) => ({ label, type: "keyword" })),
    ...Object.entries(functions).map(([label, detail]) => ({ label, detail, type: "function" })),
  ] };
}

function inText(before, from, models, worlds) {
  const lead = before.slice(0, from - 1);
  if (/WORLD\s*$/i.test(lead)) {
    return { from, options: worlds.map((label) => ({ label, type: "namespace" })) };
  }
  if (/\$relationshipName\s*(=|!=|IN\s*\[[^\]]*)\s*$/i.test(lead)) {
    return { from, options: relationshipOptions(models) };
  }
  if (!/(IS_OF_MODEL\s*\([^)]*|\$model\s*(=|!=|IN\s*\[[^\]]*)\s*)$/i.test(lead)) return null;
  const option = ({ id }) => ({ label: id, detail: models.name(id), type: "class" });
  return { from, options: models.items.map(option) };
}

function relationshipOptions(models) {
  const names = new Map();
  for (const item of models.items) {
    for (const each of models.relationships(item.id)) {
      if (each.from === item.id) names.set(each.name, models.name(item.id));
    }
  }
  return [...names].map(([label, detail]) => ({ label, detail, type: "method" }));
}

/** Properties of the models that the query names, or of all. */
function propertyOptions(text, alias, path, models, describe) {
  const named = [...text.matchAll(/IS_OF_MODEL\s*\(\s*(?:([\p{L}_][\p{L}\p{N}_]*)\s*,\s*)?'([^']+)'/giu)]
    .filter(([, name, model]) => (name === undefined || name === alias) && models.byId.has(model));
  const all = named.length > 0 ? named.flatMap(([, , model]) => models.family(model))
    : models.items.map((item) => item.id);
  const lead = path === "" ? "" : `${path}.`;
  const options = new Map();
  for (const model of all) {
    for (const property of models.properties(model)) {
      if (!property.path.startsWith(lead)) continue;
      const label = property.path.slice(lead.length).split(".")[0];
      const isWhole = lead + label === property.path;
      if (!options.has(label)) {
        options.set(label, { label, type: "property", detail: isWhole ? describe(property) : "…", boost: 1 });
      }
    }
  }
  const own = path === "$metadata" ? ["$model", "$lastUpdateTime"] : path === "" ? [
    "$dtId", "$etag", "$metadata", "$relationshipId", "$relationshipName", "$sourceId", "$targetId",
  ] : [];
  return [...options.values(), ...own.map((label) => ({ label, type: "constant" }))];
}

/** The place of a character that the server names, as `line 2, column 49`, in the text; or its end. */
export function placeIn(text, place) {
  const found = /line (\d+), column (\d+)/.exec(place ?? "");
  if (!found) return null;
  const lines = text.split("\n");
  const line = Math.min(Number(found[1]), lines.length) - 1;
  const start = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  const column = [...lines[line]].slice(0, Number(found[2]) - 1).join("").length;
  return Math.min(start + column, text.length);
}
