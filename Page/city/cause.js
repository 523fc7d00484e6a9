/** Why a twin is as it is: the last change that it had by the instant that is looked at. @module */
import { get, worldPath } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { instant, text } from "../core/format.js";
import { words } from "../core/i18n.js";
import { store } from "../core/store.js";

const T = words({
  none: ["No change is known.", "알려진 변경이 없습니다."],
  what: ["What", "내용"],
  who: ["By", "누가"],
  why: ["Why", "이유"],
  recorded: ["Recorded", "기록"],
  observed: ["Observed", "관측"],
  kinds: [{ putTwin: "created or replaced", patchTwin: "changed", deleteTwin: "deleted", telemetry: "telemetry" },
    { putTwin: "만듦 또는 바꿈", patchTwin: "변경", deleteTwin: "삭제", telemetry: "원격 측정" }],
  more: [(n) => `and ${n} more`, (n) => `외 ${n}개`],
});

/** Shows the last change of a twin itself, its relationships left out. */
export async function cause(element, id, signal) {
  const { at, world } = store.state;
  const page = await get(worldPath(world, "twins", id, "history"),
    { pageSize: at === null ? 1 : 2000, relationships: "false" }, { signal });
  const change = page.items.find((each) => at === null || Date.parse(each.recorded) <= Date.parse(at));
  if (!change) {
    fill(element, h("p", { class: "quiet-text" }, T.none));
    return;
  }
  const names = Object.keys(change.properties ?? {});
  const list = names.slice(0, 4).join(", ") + (names.length > 4 ? ` ${T.more(names.length - 4)}` : "");
  const rows = [
    [T.what, `${T.kinds[change.kind] ?? change.kind}${change.kind === "patchTwin" && list ? `: ${list}` : ""}`],
    [T.who, change.cause?.actor], [T.why, change.cause?.reason],
    [T.recorded, instant(change.recorded)], [T.observed, instant(change.observed)],
  ];
  fill(element, h("table", {}, h("tbody", {}, rows.filter(([, value]) => value).map(([name, value]) =>
    h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, text(value)))))));
}
