/** Twins by id and by model, for all panels. @module */
import { query, quoted } from "../core/api.js";
import { store } from "../core/store.js";

/** The names of twins and their models by id; twins that are not there are left out. */
export async function twinsById(ids, { world = store.state.world, at = store.state.at, signal } = {}) {
  const found = new Map();
  for (let start = 0; start < ids.length; start += 500) {
    const some = ids.slice(start, start + 500).map(quoted).join(", ");
    const text = `SELECT T FROM DIGITALTWINS T WHERE T.$dtId IN [${some}]`;
    for (const { T: twin } of await query(text, { world, at, signal })) found.set(twin.$dtId, twin);
  }
  return found;
}

/** What to call a twin: its name where it has one. */
export function twinName(twin) {
  return typeof twin?.name === "string" && twin.name !== "" ? twin.name : (twin?.$dtId ?? "");
}

/**
 * The model somebody most likely asks about: the one that colours the map, else the selected twin's, if they
 * have `least` twins or more; else the one with the most twins among those that measure something.
 */
export async function usualModel(models, least) {
  const { colour, selection } = store.state;
  const counts = await countsByModel();
  const countOf = (model) => models.family(model).reduce((sum, each) => sum + (counts.get(each) ?? 0), 0);
  const has = (model) => model !== undefined && countOf(model) >= least;
  if (has(colour?.model)) return colour.model;
  const selected = selection.length > 0 ? await twinsById(selection.slice(0, 1)) : new Map();
  const model = [...selected.values()][0]?.$metadata.$model;
  if (has(model)) return model;
  const measures = (id) => models.contents(id).some((each) => each.from === id && each.unit);
  const all = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
  return all.find(measures) ?? all[0];
}

/** How many twins are of just each model, as of the instant and in the world looked at. */
export async function countsByModel(options) {
  const rows = await query("SELECT T.$metadata.$model AS model, COUNT() AS n FROM DIGITALTWINS T " +
    "GROUP BY T.$metadata.$model", options);
  return new Map(rows.map((row) => [row.model, row.n]));
}
