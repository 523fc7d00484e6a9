/** Charts: values over time, aggregates by group over time, and how values spread. @module */
import { get } from "../core/api.js";
import { h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { store } from "../core/store.js";
import { mountGroups } from "./chart-groups.js";
import { mountSpread } from "./chart-spread.js";
import { mountTime } from "./chart-time.js";
import { makeTabs } from "./tabs.js";

const T = words({
  views: ["Kinds of chart", "차트 종류"],
  time: ["Over time", "시간"],
  groups: ["By group", "집단별"],
  spread: ["Distribution", "분포"],
});

/** Puts the charts into the panel. */
export async function mount(element) {
  if (store.state.worlds.length === 0) store.set({ worlds: (await get("/v1/worlds")).items });
  const pages = await Promise.all([["time", mountTime], ["groups", mountGroups], ["spread", mountSpread]].map(
    async ([id, make]) => {
      const body = h("div", { class: "chart-page" });
      return { id, label: () => T[id], element: body, ...(await make(body)) };
    }));
  const tabs = makeTabs(pages, () => T.views, "charts");
  element.append(tabs.element);
  const page = () => pages.find((each) => each.id === tabs.current());
  return {
    show() {
      if (tabs.current() === null) tabs.open("time");
      else page().show();
    },
    hide: () => page()?.hide(),
  };
}
