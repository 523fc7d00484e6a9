/** Rows of an answer as a chart: bars by a text, lines over instants, points of two numbers. @module */
import { h } from "../core/dom.js";
import { instant, number } from "../core/format.js";
import { words } from "../core/i18n.js";
import { catalogue } from "../core/models.js";
import { store } from "../core/store.js";
import { token } from "../core/theme.js";
import { makeChart, seriesColour, signs, timeAxis, tooltip, valueAxis } from "./chart.js";
import { chooser } from "./picks.js";

const T = words({
  x: ["Along", "가로"],
  y: ["Up", "세로"],
  none: ["A chart needs a column of numbers.", "차트에는 숫자 열이 필요합니다."],
  chart: [(y, x) => `${y} by ${x}`, (y, x) => `${x}별 ${y}`],
  all: ["all numbers", "숫자 모두"],
});

const mostBars = 60;
const isInstant = (value) => typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value);

/** Puts the chart of rows into an element: `show(columns, rows)`. */
export async function mountRowChart(element) {
  let all = { columns: [], rows: [] };
  let models = null;
  const x = chooser(() => T.x, () => draw());
  const y = chooser(() => T.y, () => draw());
  const none = h("p", { class: "quiet-text" }, () => T.none);
  const picture = h("div", { class: "plot plot-tall", role: "img" });
  const form = h("div", { class: "row picks" }, x.element, y.element, h("span", { class: "stretch" }),
    h("button", { class: "quiet", onclick: () => made.png("nuri-query") }, "PNG"));
  element.append(none, form, picture);
  const made = await makeChart(picture);

  function draw() {
    const { columns, rows } = all;
    const numbers = columns.filter((name) => rows.some((row) => typeof row[name] === "number"));
    none.hidden = numbers.length > 0;
    form.hidden = numbers.length === 0;
    picture.hidden = numbers.length === 0;
    if (numbers.length === 0) return;
    made.chart.resize();
    const across = x.value();
    const up = y.value() === "" ? numbers.filter((name) => name !== across) : [y.value()];
    const isTime = rows.some((row) => isInstant(row[across]));
    const isScatter = !isTime && numbers.includes(across);
    const byTime = (a, b) => (a[across] < b[across] ? -1 : 1);
    const shown = isTime ? [...rows].sort(byTime) : isScatter ? rows : rows.slice(0, mostBars);
    const name = (value) => (value === undefined ? "–" : typeof value === "object"
      ? (value.name ?? value.$dtId ?? "")
      : (models?.byId.has(value) ? models.name(value) : String(value)));
    made.draw({
      grid: { left: 64, right: 16, top: 34, bottom: isTime || isScatter ? 40 : 96 },
      legend: up.length > 1 ? { top: 0, type: "scroll", textStyle: { color: token("--text") } } : undefined,
      tooltip: tooltip({ trigger: isScatter ? "item" : "axis", formatter: (items) =>
        [items].flat().map((each) => [
        isTime ? instant(each.value[0]) : isScatter ? `${across} ${number(each.value[0])}` : each.name,
        `${each.seriesName} ${number(isTime || isScatter ? each.value[1] : each.value)}`,
      ].join("  ")).join("\n") }),
      xAxis: isTime ? timeAxis() : isScatter
        ? valueAxis(null, { name: across, nameLocation: "middle", nameGap: 24,
          nameTextStyle: { color: token("--quiet") } })
        : { type: "category", data: shown.map((row) => name(row[across])), axisTick: { show: false },
          axisLine: { lineStyle: { color: token("--line") } },
          axisLabel: { color: token("--quiet"), rotate: 35, width: 110, overflow: "truncate", interval: 0,
            hideOverlap: true } },
      yAxis: valueAxis(null, { scale: isTime || isScatter, name: up.length === 1 ? up[0] : "",
        nameTextStyle: { color: token("--quiet"), align: "left" } }),
      series: up.map((each, i) => ({
        type: isTime ? "line" : isScatter ? "scatter" : "bar", name: each, color: seriesColour(i),
        symbol: signs[i % signs.length], symbolSize: isScatter ? 7 : 5, barMaxWidth: 60,
        emphasis: { disabled: true },
        data: shown.map((row) => (isTime ? [Date.parse(row[across]), row[each]]
          : isScatter ? [row[across], row[each]] : row[each])),
      })),
    });
    picture.setAttribute("aria-label", T.chart(up.join(", "), across));
  }

  store.on(["theme"], draw);
  return {
    async show(columns, rows) {
      models = await catalogue();
      all = { columns, rows };
      const numbers = columns.filter((name) => rows.some((row) => typeof row[name] === "number"));
      x.set(columns.map((name) => ({ value: name, label: name })));
      const options = numbers.map((name) => ({ value: name, label: name }));
      y.set(numbers.length > 1 ? [{ value: "", label: T.all }, ...options] : options);
      draw();
    },
  };
}
