/** Models of a world and what they inherit, for all panels. @module */
import { query, quoted, request, worldPath } from "../core/api.js";
import { onChange } from "../core/feed.js";
import { displayName } from "../core/i18n.js";
import { store } from "../core/store.js";

const numbers = new Set([
  "double", "float", "integer", "long", "decimal", "byte", "short", "bytes",
  "unsignedByte", "unsignedShort", "unsignedInteger", "unsignedLong",
]);
const kept = new Map();

onChange((change, world) => {
  if (/Models?$/.test(change.kind)) kept.delete(world);
});

/**
 * The models of a world, asked for once until they change.
 * @param {string} [world]
 * @returns {Promise<Catalogue>}
 */
export function catalogue(world = store.state.world) {
  if (!kept.has(world)) {
    kept.set(world, loadCatalogue(world).catch((error) => {
      kept.delete(world);
      throw error;
    }));
  }
  return kept.get(world);
}

/** The models of a world as of an instant, asked for anew. */
export async function loadCatalogue(world, at = null, signal) {
  const items = [];
  let cursor;
  do {
    const query = { definition: true, pageSize: 1000, cursor, at };
    const page = await request("GET", worldPath(world, "models"), { query, signal });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return new Catalogue(items);
}

/** What a model has: a property, relationship, component, telemetry or command, and which model says so. */
export class Catalogue {
  constructor(items) {
    this.items = items;
    this.byId = new Map(items.map((item) => [item.id, item]));
    this.schemas = new Map();
    for (const { definition } of items) {
      for (const schema of list(definition?.schemas)) this.schemas.set(schema["@id"], schema);
    }
  }

  /** The name to show of a model. */
  name(id) {
    return displayName(this.byId.get(id)?.displayName, shortId(id));
  }

  /** The models that one extends itself. */
  bases(id) {
    return list(this.byId.get(id)?.definition?.extends).map((each) =>
      (typeof each === "string" ? each : each["@id"]));
  }

  /** A model and all that it extends, nearest first. */
  lineage(id, seen = new Set()) {
    if (seen.has(id)) return [];
    seen.add(id);
    return [id, ...this.bases(id).flatMap((base) => this.lineage(base, seen))];
  }

  /** Models that extend one directly. */
  children(id) {
    return this.items.filter((item) => this.bases(item.id).includes(id)).map((item) => item.id);
  }

  /** A model and all that extend it. */
  family(id, seen = new Set()) {
    if (seen.has(id)) return [];
    seen.add(id);
    return [id, ...this.children(id).flatMap((child) => this.family(child, seen))];
  }

  /** What a model has, its own first, then what it inherits; each with `kind` and the model it is `from`. */
  contents(id) {
    const definition = (model) => this.byId.get(model)?.definition ?? {};
    return this.lineage(id).flatMap((from) => list(definition(from).contents).map((content) => ({
      ...content, from, kind: kindOf(content["@type"]),
    })));
  }

  /**
   * The properties of a model by path, components' and objects' fields among them.
   * @returns {{path: string, displayName: any, unit?: string, schema: any, isNumber: boolean,
   *   isText: boolean, isTruth: boolean, depth: "property"|"field", from: string}[]}
   */
  properties(id) {
    const found = [];
    for (const content of this.contents(id)) {
      const { kind, name, from } = content;
      if (kind === "Property") found.push(...this.#flat(content, name, from, "property"));
      if (kind !== "Component") continue;
      const inner = typeof content.schema === "string" ? content.schema : content.schema?.["@id"];
      for (const each of this.properties(inner)) {
        found.push({ ...each, path: `${name}.${each.path}`, from, part: content });
      }
    }
    const once = new Map(found.map((each) => [each.path, each]));
    return [...once.values()];
  }

  #flat(content, path, from, depth) {
    const schema = this.resolve(content.schema);
    if (kindOf(schema?.["@type"]) === "Object") {
      return list(schema.fields).flatMap((field) =>
        this.#flat(field, `${path}.${field.name}`, from, "field"));
    }
    const isEnum = kindOf(schema?.["@type"]) === "Enum";
    const plain = isEnum ? schema.valueSchema : schema;
    return [{
      path, from, depth, schema,
      displayName: content.displayName,
      unit: content.unit,
      isNumber: numbers.has(plain) && !isEnum,
      isText: isEnum || plain === "string" || plain === "boolean",
      isTruth: plain === "boolean",
    }];
  }

  /** A schema, looked up where it is named by its DTMI. */
  resolve(schema) {
    return typeof schema === "string" ? (this.schemas.get(schema) ?? schema) : schema;
  }

  /** The relationships a model may have. */
  relationships(id) {
    return this.contents(id).filter((content) => content.kind === "Relationship");
  }

  /** What some property is, asked of the models given in turn. */
  property(models, path) {
    for (const model of models) {
      const found = this.properties(model).find((each) => each.path === path);
      if (found) return found;
    }
    return undefined;
  }
}

/** `Building` of `dtmi:city:Building;1`. */
export function shortId(id) {
  return id?.split(":").pop().split(";")[0] ?? "";
}

/** The kind among the `@type`s, which may have semantic types beside it. */
export function kindOf(type) {
  const contents = ["Property", "Relationship", "Component", "Telemetry", "Command"];
  const kinds = [...contents, "Object", "Enum", "Map", "Array"];
  return kinds.find((kind) => list(type).includes(kind)) ?? list(type)[0];
}

/** One or many, as an array. */
export function list(value) {
  return value === undefined || value === null ? [] : [value].flat();
}

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
