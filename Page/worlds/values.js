/** Typed editors of values, as their DTDL schema says. @module */
import { displayName, words } from "../core/i18n.js";
import { h } from "../core/dom.js";
import { unitSymbol } from "../core/format.js";

const T = words({
  yes: ["yes", "예"],
  no: ["no", "아니요"],
  json: [(why) => `This is not valid JSON: ${why}`, (why) => `올바른 JSON이 아닙니다: ${why}`],
  number: ["A number is missing.", "숫자가 없습니다."],
});

const NUMBERS = { integer: "1", long: "1", double: "any", float: "any" };
const INPUTS = { date: "date", time: "time" };

/**
 * An editor of one value.
 * @param {import("../core/models.js").Property} property
 * @param {any} value  what it is now
 * @returns {{element: Element, read: () => any}} `read` throws what is wrong with what was typed
 */
export function valueEditor(property, value) {
  const { schema, unit } = property;
  const label = () => displayName(property.displayName, property.path);
  if (schema in NUMBERS) return numberEditor(schema, unit, value, label);
  if (schema === "boolean") {
    const select = h("select", { "aria-label": label }, option("true", () => T.yes, value === true),
      option("false", () => T.no, value === false));
    return { element: select, read: () => select.value === "true" };
  }
  if (schema?.["@type"] === "Enum") return enumEditor(schema, value, label);
  if (schema === "string" || schema in INPUTS || schema === "dateTime" || schema === "duration") {
    const input = h("input", { type: INPUTS[schema] ?? "text", "aria-label": label, value: value ?? "" });
    return { element: input, read: () => input.value };
  }
  const area = h("textarea", { rows: 5, class: "mono", "aria-label": label, spellcheck: "false",
    value: value === undefined ? "" : JSON.stringify(value, null, 1) });
  return { element: area, read: () => parse(area.value) };
}

function numberEditor(schema, unit, value, label) {
  const input = h("input", { type: "number", step: NUMBERS[schema], "aria-label": label, value: value ?? "" });
  const symbol = unitSymbol(unit);
  return {
    element: h("span", { class: "with-unit" }, input, symbol !== "" && h("span", { class: "quiet-text" }, symbol)),
    read() {
      if (input.value === "") throw new Error(T.number);
      return Number(input.value);
    },
  };
}

function enumEditor(schema, value, label) {
  const select = h("select", { "aria-label": label }, schema.enumValues.map((each, i) => option(
    String(i), () => displayName(each.displayName, each.name), each.enumValue === value)));
  return { element: select, read: () => schema.enumValues[Number(select.value)].enumValue };
}

function option(value, text, selected) {
  return h("option", { value, selected }, text);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(T.json(error.message));
  }
}
