/** What stands in the chart of values over time when there is nothing to draw. @module */
import { query } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { emptyState } from "../core/empty.js";
import { words } from "../core/i18n.js";
import { store } from "../core/store.js";

const T = words({
  none: ["No twin is selected", "고른 트윈이 없습니다"],
  empty: ["Select twins on the map or by search: their values over time come here.",
    "지도나 검색에서 트윈을 고르면 그 값이 시간에 따라 여기에 나옵니다."],
  recent: ["Changed last", "최근에 바뀐 트윈"],
  nothing: ["Nothing to draw", "그릴 것이 없습니다"],
  other: ["The selected twins have no numbers. Select others.", "고른 트윈에는 숫자가 없습니다. 다른 트윈을 고르세요."],
});

/** Says why there is nothing, and offers the twins that changed last. */
export async function fillEmpty(element, signal) {
  const text = "SELECT T.$dtId AS id, T.name AS name FROM DIGITALTWINS T " +
    "ORDER BY T.$metadata.$lastUpdateTime DESC LIMIT 6";
  const rows = await query(text, { signal });
  const isNone = store.state.selection.length === 0;
  fill(element, isNone ? emptyState(() => T.none, () => T.empty) : emptyState(() => T.nothing, () => T.other),
    rows.length > 0 && h("p", { class: "quiet-text recent row" }, T.recent),
    h("div", { class: "row recent" }, rows.map((row) => h("button", {
      onclick: () => store.set({ selection: [row.id] }),
    }, row.name ?? row.id))));
}
