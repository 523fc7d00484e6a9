/** Charts, graph, queries, models: panels whose code comes when they are first opened. @module */
import { h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { bringPanel } from "../core/panels.js";
import { bringShortcuts } from "../core/shortcuts.js";

const T = words({
  charts: ["Charts", "차트"],
  graph: ["Graph", "그래프"],
  query: ["Query", "질의"],
  models: ["Models", "모델"],
  run: ["Run the query", "질의 실행"],
  complete: ["Complete", "자동 완성"],
  change: ["Go to the change before or after", "앞뒤 변경으로 이동"],
  zoom: ["Zoom the time; 0 shows all of it", "시간 확대·축소, 0은 전체"],
});

const pictures = {
  charts: "M4 4v16h16M7.5 15l3.5-4.5 3 2.5 5-7",
  graph: "M9 6a3 3 0 1 1-6 0a3 3 0 1 1 6 0zM21 9a3 3 0 1 1-6 0a3 3 0 1 1 6 0z" +
    "M13 18a3 3 0 1 1-6 0a3 3 0 1 1 6 0z" +
    "M9 6.7l6 1.6M7 8.8l2.2 6.3M12.2 15.9l3.8-4.6",
  query: "M8 7l-5 5 5 5M16 7l5 5-5 5M13.5 5l-3 14",
  models: "M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4",
};

/** Brings the four panels. */
export async function start() {
  for (const id of Object.keys(pictures)) bring(id);
  bringShortcuts(
    { keys: ["←", "→"], group: () => T.charts, text: () => T.change },
    { keys: ["+", "−", "0"], group: () => T.charts, text: () => T.zoom },
    { keys: ["Ctrl", "Enter"], group: () => T.query, text: () => T.run },
    { keys: ["Ctrl", "Space"], group: () => T.query, text: () => T.complete },
  );
}

function bring(id) {
  let view = null;
  let isShown = false;
  bringPanel({
    id,
    title: () => T[id],
    icon: pictures[id],
    wide: true,
    async mount(element) {
      element.setAttribute("aria-busy", "true");
      try {
        const { mount } = await import(`./${id}.js`);
        const body = h("div", { class: "panel-body" });
        element.append(body);
        view = await mount(body);
        if (isShown) view.show();
      } catch (error) {
        failed(error);
      }
      element.removeAttribute("aria-busy");
    },
    show() {
      isShown = true;
      view?.show();
    },
    hide() {
      isShown = false;
      view?.hide();
    },
  });
}
