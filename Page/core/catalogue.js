/** What models say about their twins: what they extend, properties, relationships, components. @module */
import { displayName } from "./i18n.js";

const numbers = new Set([
  "double", "float", "integer", "long", "decimal", "byte", "short", "bytes",
  "unsignedByte", "unsignedShort", "unsignedInteger", "unsignedLong",
]);

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
 */

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
    return this.lineage(id).flatMap((from) => this.#own(from));
  }

  #own(from) {
    const contents = list(this.byId.get(from)?.definition?.contents);
    return contents.map((content) => ({ ...content, from, kind: kindOf(content["@type"]) }));
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
      for (const each of this.properties(schemaId(content))) {
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

  /**
   * What an editor of the twins of a model needs to know; what it inherits comes first.
   * @returns {Contents}
   */
  editable(id) {
    return {
      id,
      displayName: this.byId.get(id)?.definition?.displayName,
      properties: this.#editable(id, ""),
      relationships: this.relationships(id).map((each) => ({
        ...each,
        displayName: each.displayName ?? each.name,
        properties: list(each.properties).map((own) => this.#field(own, "")),
      })),
    };
  }

  #editable(id, prefix) {
    return this.lineage(id).reverse().flatMap((from) => this.#own(from)).flatMap((content) => {
      if (content.kind === "Property") return [this.#field(content, prefix)];
      if (content.kind !== "Component") return [];
      return this.#editable(schemaId(content), `${prefix}${content.name}.`);
    });
  }

  #field(content, prefix) {
    return {
      path: prefix + content.name,
      displayName: content.displayName ?? content.name,
      description: content.description,
      schema: this.resolve(content.schema),
      unit: content.unit,
      writable: content.writable ?? false,
    };
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

/** The model that a component is of. */
function schemaId({ schema }) {
  return typeof schema === "string" ? schema : schema?.["@id"];
}
