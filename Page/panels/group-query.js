/** Aggregates by group: the query, and what its rows are called. @module */
import { quoted } from "../core/api.js";
import { displayName, words } from "../core/i18n.js";
import { term } from "./filter.js";

const T = words({
  all: ["all together", "전체"],
  byModel: ["model", "모델"],
  through: [(name) => `${name} →`, (name) => `${name} →`],
  without: ["(none)", "(없음)"],
});

/** The ways to group twins of a model: not at all, by model, by a text, by where a relationship leads. */
export function waysToGroup(models, model) {
  const texts = models.properties(model).filter((each) => each.isText);
  return [
    { value: "all", label: T.all },
    { value: "model", label: T.byModel },
    ...texts.map((each) => ({ value: `p ${each.path}`, label: displayName(each.displayName, each.path) })),
    ...models.relationships(model).map((each) => ({
      value: `r ${each.name}`, label: T.through(displayName(each.displayName, each.name)),
    })),
  ];
}

/**
 * The query. Its rows have a value `v`, how many twins have one (`n`), a group `g` and for twins its `label`.
 * @param {{model: string, path: string, how: string, by: string}} of
 */
export function groupQuery({ model, path, how, by }) {
  const [kind, name] = split(by);
  const group = { all: null, model: "T.$metadata.$model", p: term(name), r: "G.$dtId" }[kind];
  const way = kind === "r" ? ` JOIN G RELATED ${term(name)}` : "";
  const label = kind === "r" ? ", MIN(G.name) AS label" : "";
  const value = term(path);
  return `SELECT ${group ? `${group} AS g, ` : ""}${how}(${value}) AS v, COUNT(${value}) AS n${label} ` +
    `FROM DIGITALTWINS T${way} WHERE IS_OF_MODEL(T, ${quoted(model)})${group ? ` GROUP BY ${group}` : ""}`;
}

/** What the group of a row is called. */
export function groupName(row, models, { model, by }) {
  const [kind, name] = split(by);
  if (kind === "all") return models.name(model);
  if (row.g === undefined) return T.without;
  if (kind === "model") return models.name(row.g);
  if (kind === "r") return row.label ?? row.g;
  const values = models.property([model], name)?.schema?.enumValues ?? [];
  return displayName(values.find((each) => each.enumValue === row.g)?.displayName, String(row.g));
}

function split(by) {
  const [kind, ...rest] = by.split(" ");
  return [kind, rest.join(" ")];
}
