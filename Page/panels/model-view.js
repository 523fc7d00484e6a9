/** One model: what it extends and has, its twins, its DTDL. @module */
import { query, quoted, request, worldPath } from "../core/api.js";
import { kindOf, list } from "../core/catalogue.js";
import { ask } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { instant, number, unitSymbol } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { may } from "../core/session.js";
import { store } from "../core/store.js";
import { filterByQuery } from "./filter.js";
import { openMigration } from "./model-migration.js";
import { fold } from "./picks.js";

const T = words({
  extends: ["Extends", "상속"],
  extended: ["Extended by", "하위 모델"],
  out: ["Out of use: no new twins", "사용 중지: 새 트윈을 만들 수 없음"],
  since: [(when) => `since ${when}`, (when) => `${when}부터`],
  contents: ["Contents", "내용"],
  name: ["Name", "이름"],
  kind: ["Kind", "종류"],
  type: ["Type", "형식"],
  unit: ["Unit", "단위"],
  from: ["From", "정의한 모델"],
  relationships: ["Relationships", "관계"],
  target: ["To", "대상"],
  any: ["anything", "아무 모델"],
  properties: ["Properties", "속성"],
  none: ["Nothing of its own.", "내용이 없습니다."],
  twins: ["Twins", "트윈"],
  counts: [(all, own) => `${all} with those of models that extend it, ${own} of just this one`,
    (all, own) => `하위 모델까지 ${all}개, 바로 이 모델은 ${own}개`],
  map: ["Show on the map", "지도에 표시"],
  first: ["List the first fifty", "처음 50개 보기"],
  dtdl: ["DTDL", "DTDL"],
  decommission: ["Take out of use", "사용 중지"],
  recommission: ["Take back into use", "다시 사용"],
  migrate: ["Move its twins…", "트윈 옮기기…"],
  remove: ["Delete", "삭제"],
  sure: [(name) => `Delete the model "${name}"?`, (name) => `모델 "${name}"을 삭제할까요?`],
  Property: ["property", "속성"],
  Relationship: ["relationship", "관계"],
  Component: ["component", "구성 요소"],
  Telemetry: ["telemetry", "원격 측정"],
  Command: ["command", "명령"],
  one: ["one", "하나"],
  many: ["many", "여럿"],
  how: ["How many", "개수"],
});

/** Draws a model. */
export function drawModel(element, { models, id, count, own, box, choose, reload, mayMigrate }) {
  const item = models.byId.get(id);
  const link = (model) => (models.byId.has(model)
    ? h("button", { class: "chip", onclick: () => choose(model) }, models.name(model))
    : h("span", { class: "chip" }, model));
  const links = (label, all) => all.length > 0 &&
    h("div", { class: "row" }, h("span", { class: "quiet-text" }, label), all.map(link));
  const heads = (...names) => h("thead", {},
    h("tr", {}, names.map((each) => h("th", { scope: "col" }, each))));
  const contents = models.contents(id).filter((each) => each.kind !== "Relationship");
  const relationships = models.relationships(id);
  fill(element,
    h("h3", { class: "model-name" }, bothNames(item.displayName, models.name(id))),
    h("p", {}, h("code", { class: "quiet-text" }, id),
      h("span", { class: "quiet-text" }, `  ${T.since(instant(item.uploaded))}`)),
    item.decommissioned ? h("p", { class: "diff-state changed" }, h("b", {}, "⊘ "), T.out) : null,
    h("p", {}, displayName(item.description, "")),
    links(T.extends, models.bases(id)),
    links(T.extended, models.children(id)),
    h("h3", {}, T.twins),
    h("p", {}, count === own ? number(count) : T.counts(number(count), number(own))),
    twins(models, id, count),
    h("h3", {}, T.contents),
    contents.length === 0 ? h("p", { class: "quiet-text" }, T.none) : h("table", {},
      heads(T.name, T.kind, T.type, T.unit, T.from),
      h("tbody", {}, contents.map((each) => h("tr", {},
        h("td", { title: displayName(each.description, "") }, bothNames(each.displayName, each.name), h("br"),
          h("code", { class: "quiet-text" }, each.name)),
        h("td", {}, T[each.kind] ?? each.kind),
        h("td", {}, each.kind === "Component" ? link(idOf(each.schema))
          : schemaText(models.resolve(each.schema))),
        h("td", { title: unitText(each.unit) }, unitSymbol(each.unit)),
        h("td", {}, each.from === id ? "" : models.name(each.from)))))),
    relationships.length === 0 ? null : [h("h3", {}, T.relationships), h("table", {},
      heads(T.name, T.target, T.how, T.properties, T.from),
      h("tbody", {}, relationships.map((each) => h("tr", {},
        h("td", {}, bothNames(each.displayName, each.name), h("br"),
          h("code", { class: "quiet-text" }, each.name)),
        h("td", {}, each.target === undefined ? T.any : link(each.target)),
        h("td", {}, each.maxMultiplicity === 1 ? T.one : T.many),
        h("td", {}, list(each.properties).map((one) => displayName(one.displayName, one.name)).join(", ")),
        h("td", {}, each.from === id ? "" : models.name(each.from))))))],
    box,
    fold(() => T.dtdl, (body) => fill(body,
      h("pre", { class: "dtdl", tabindex: "0" }, JSON.stringify(item.definition, null, 2)))),
    acts(models, item, reload, mayMigrate));
}

function twins(models, id, count) {
  const found = h("div", { class: "row panel-found" });
  const where = `FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, ${quoted(id)})`;
  const show = () => filterByQuery(models.name(id), `SELECT T.$dtId ${where}`);
  const first = async () => {
    const rows = await query(`SELECT T.$dtId AS id, T.name AS name ${where} LIMIT 50`);
    const select = (row) => store.set({ selection: [row.id] });
    fill(found, rows.map((row) => h("button", { class: "chip", onclick: () => select(row) },
      row.name ?? row.id)));
  };
  return count === 0 ? null : [h("div", { class: "row" },
    h("button", { onclick: () => show().catch(failed) }, T.map),
    h("button", { onclick: () => first().catch(failed) }, T.first)), found];
}

/** Taking out of use, deleting and migrating, for those who may and only now. */
function acts(models, item, reload, mayMigrate) {
  const { world, at } = store.state;
  if (at !== null || !may("model")) return null;
  const path = worldPath(world, "models", item.id);
  const sure = () => T.sure(models.name(item.id));
  const drop = async () => await ask(() => T.remove, sure, () => T.remove) && request("DELETE", path);
  const turned = { decommissioned: !item.decommissioned };
  const act = (work) => work().then(reload).catch(failed);
  return h("div", { class: "row model-acts" },
    h("button", { onclick: () => act(() => request("PATCH", path, { body: turned })) },
      item.decommissioned ? T.recommission : T.decommission),
    mayMigrate && h("button", { onclick: () => openMigration(models, item.id, reload) }, T.migrate),
    h("button", { class: "danger", onclick: () => act(drop) }, T.remove));
}

/** A name in the page's language, and in the other one where there is one. */
function bothNames(name, otherwise) {
  const mine = displayName(name, otherwise);
  const other = typeof name === "object" ? name[store.state.language === "ko" ? "en" : "ko"] : undefined;
  return other && other !== mine ? [mine, h("span", { class: "quiet-text other-name" }, ` ${other}`)] : mine;
}

function idOf(schema) {
  return typeof schema === "string" ? schema : schema?.["@id"];
}

function unitText(unit) {
  return typeof unit === "string" ? unit : "";
}

function schemaText(schema) {
  if (typeof schema === "string") return schema.split(":").pop().split(";")[0];
  const kind = kindOf(schema?.["@type"]);
  const names = (all) => list(all).map((each) => displayName(each.displayName, each.name));
  if (kind === "Enum") return names(schema.enumValues).join(" | ");
  if (kind === "Object") return `{ ${names(schema.fields).join(", ")} }`;
  if (kind === "Array") return `[ ${schemaText(schema.elementSchema)} ]`;
  if (kind === "Map") return `{ ${schema.mapKey?.name}: ${schemaText(schema.mapValue?.schema)} }`;
  return kind ?? "";
}
