/** The tool that adds and removes relationships of a twin. @module */
import { displayName, words } from "../core/i18n.js";
import { h } from "../core/dom.js";
import { store } from "../core/store.js";
import { linksOf } from "./operations.js";
import { doing, namesOf, section } from "./tools.js";
import { write } from "./undo.js";

const T = words({
  links: ["Relationships", "관계"],
  none: ["None leaves this twin.", "나가는 관계가 없습니다."],
  unlink: [(name) => `Remove ${name}`, (name) => `${name} 없애기`],
  link: ["Add", "더하기"],
  kind: ["Kind", "종류"],
  target: ["Id of the target", "대상의 식별자"],
  linked: [(name, to) => `${name} → ${to} from`, (name, to) => `${name} → ${to} 추가:`],
  unlinked: [(name, to) => `${name} → ${to} removed from`, (name, to) => `${name} → ${to} 삭제:`],
  more20: [(n) => `and ${n} more`, (n) => `외 ${n}개`],
});

/** Adds and removes relationships. */
export async function linkTool(twin, contents) {
  const { world } = store.state;
  const links = await linksOf(world, twin.$dtId, "relationships");
  const rows = links.slice(0, 20).map((each) => {
    const name = each.$relationshipName;
    const operation = { op: "deleteRelationship", source: twin.$dtId, id: each.$relationshipId };
    return h("li", {}, h("span", {}, `${name} → ${each.$targetId}`), h("button", {
      class: "quiet", "aria-label": () => T.unlink(`${name} → ${each.$targetId}`),
      onclick: doing(() => write([operation], `${T.unlinked(name, each.$targetId)} ${namesOf([twin])}`)),
    }, "✕"));
  });
  if (links.length > 20) rows.push(h("li", { class: "quiet-text" }, () => T.more20(links.length - 20)));
  const kind = h("select", { "aria-label": () => T.kind }, contents.relationships.map((each) => h("option",
    { value: each.name }, () => displayName(each.displayName, each.name))));
  const target = h("input", { "aria-label": () => T.target, placeholder: () => T.target, class: "grow" });
  const add = doing(() => write([{
    op: "putRelationship", source: twin.$dtId, id: `${twin.$dtId}-${kind.value}-${Date.now().toString(36)}`,
    relationship: { $targetId: target.value.trim(), $relationshipName: kind.value }, ifNoneMatch: "*",
  }], `${T.linked(kind.value, target.value.trim())} ${namesOf([twin])}`));
  return section(() => T.links,
    rows.length === 0 ? h("p", { class: "quiet-text" }, () => T.none) : h("ul", { class: "links" }, rows),
    contents.relationships.length > 0 && h("div", { class: "row" }, kind, target,
      h("button", { onclick: add }, () => T.link)));
}
