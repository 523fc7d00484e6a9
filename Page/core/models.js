/** What the models of a world say about their twins: properties with their schemas, relationships, components. @module */
import { get, worldPath } from "./api.js";

/**
 * A property as an editor needs it.
 * @typedef {object} Property
 * @property {string} path  its name, behind its component's and a dot where it has one
 * @property {string|object} displayName  see `displayName` of i18n.js
 * @property {string|object} [description]
 * @property {string|object} schema  a primitive schema's name, or an Enum, Object, Map or Array
 * @property {string} [unit]
 * @property {boolean} writable
 */

/**
 * @typedef {object} Contents
 * @property {string} id
 * @property {string|object} displayName
 * @property {Property[]} properties
 * @property {{name: string, displayName: any, target: string|undefined, properties: Property[]}[]} relationships
 * @property {Set<string>} bases  the model and all that it extends
 */

const kept = new Map();

/**
 * The contents of a model, what it extends and its components among them. Asked once for each world and model.
 * @returns {Promise<Contents>}
 */
export function contentsOf(world, model) {
  const key = `${world} ${model}`;
  if (!kept.has(key)) {
    const reading = read(world, model);
    reading.catch(() => kept.delete(key));
    kept.set(key, reading);
  }
  return kept.get(key);
}

/** Forgets what was read, because models have changed. */
export function forgetModels() {
  kept.clear();
}

async function read(world, model) {
  const answer = await get(worldPath(world, "models"), { neededBy: model, definition: true, pageSize: 1000 });
  const all = new Map(answer.items.map((each) => [each.id, each.definition]));
  const own = all.get(model) ?? {};
  const found = { id: model, displayName: own.displayName, properties: [], relationships: [], bases: new Set() };
  collect(model, "", all, found);
  return found;
}

function collect(model, prefix, all, found) {
  const definition = all.get(model);
  if (!definition || (prefix === "" && found.bases.has(model))) return;
  if (prefix === "") found.bases.add(model);
  for (const base of [definition.extends ?? []].flat()) collect(base, prefix, all, found);
  const named = new Map([definition.schemas ?? []].flat().map((each) => [each["@id"], each]));
  for (const each of [definition.contents ?? []].flat()) {
    const types = [each["@type"]].flat();
    if (types.includes("Property")) {
      found.properties.push(property(each, prefix, named));
    } else if (types.includes("Relationship") && prefix === "") {
      const properties = [each.properties ?? []].flat().map((own) => property(own, "", named));
      found.relationships.push({ ...each, displayName: each.displayName ?? each.name, properties });
    } else if (types.includes("Component")) {
      collect(each.schema, `${prefix}${each.name}.`, all, found);
    }
  }
}

function property(each, prefix, named) {
  return {
    path: prefix + each.name,
    displayName: each.displayName ?? each.name,
    description: each.description,
    schema: named.get(each.schema) ?? each.schema,
    unit: each.unit,
    writable: each.writable ?? false,
  };
}

/** The value at a path of a twin, `undefined` where there is none. */
export function valueAt(twin, path) {
  return path.split(".").reduce((value, name) => value?.[name], twin);
}
