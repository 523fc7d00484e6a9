/** What ECharts is told of how values spread. @module */
import { number, unitSymbol } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { token } from "../core/theme.js";
import { seriesColour, tooltip, valueAxis } from "./chart.js";
import { barName } from "./spread-data.js";

const T = words({
  twins: ["Twins", "트윈"],
});

/** The whole chart: for every side a bar of each kind. */
export function spreadOption({ bars, sides, of: { property: of } }) {
  const name = displayName(of.displayName, of.path);
  const quiet = token("--quiet");
  const label = (bar) => (of.isNumber ? number(bar.low, null, { digits: 3 }) : barName(bar, of));
  return {
    grid: { left: 60, right: 16, top: 30, bottom: of.isNumber ? 48 : 80 },
    tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, formatter: (all) => [
      barName(bars[all[0].dataIndex], of),
      ...all.map((each) => `${each.seriesName}  ${number(each.value)}`),
    ].join("\n") }),
    legend: sides.length > 1 ? { top: 0, right: 0, textStyle: { color: token("--text") } } : undefined,
    xAxis: {
      type: "category",
      data: bars.map(label),
      name: [name, unitSymbol(of.unit)].filter(Boolean).join(", "),
      nameLocation: "middle",
      nameGap: of.isNumber ? 26 : 56,
      nameTextStyle: { color: quiet },
      axisLine: { lineStyle: { color: token("--line") } },
      axisTick: { show: false },
      axisLabel: {
        color: quiet, hideOverlap: true, rotate: of.isNumber ? 0 : 35, width: 90, overflow: "truncate",
      },
    },
    yAxis: valueAxis(null, { scale: false, minInterval: 1, name: T.twins,
      nameTextStyle: { color: quiet } }),
    series: sides.map((side, s) => ({
      type: "bar",
      name: side.name,
      data: bars.map((bar) => bar.counts[s] ?? 0),
      barCategoryGap: "8%",
      barGap: "0%",
      barMaxWidth: 90,
      itemStyle: s === 0 ? { color: seriesColour(0) }
        : { color: "transparent", borderColor: seriesColour(1), borderWidth: 2, borderType: "dashed" },
      emphasis: { disabled: true },
    })),
  };
}
