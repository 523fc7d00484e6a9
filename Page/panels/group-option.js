/** What ECharts is told of aggregates by group over time. @module */
import { instant, number, unitSymbol } from "../core/format.js";
import { store } from "../core/store.js";
import { token } from "../core/theme.js";
import { dashes, moment, seriesColour, signs, timeAxis, tooltip, valueAxis } from "./chart.js";

/** The whole chart. @param {{name: string, world: string, colour: number, points: any[]}[]} lines */
export function groupOption(lines, times, unit) {
  const worlds = [store.state.world, store.state.other];
  const quiet = token("--quiet");
  return {
    grid: { left: 60, right: 16, top: 30, bottom: 64 },
    legend: {
      type: "scroll", bottom: 0, textStyle: { color: token("--text") }, pageTextStyle: { color: quiet },
      pageIconColor: token("--text"), pageIconInactiveColor: token("--line"),
    },
    tooltip: tooltip({ trigger: "axis", formatter: (all) => [instant(all[0].value[0]),
      ...all.map((each) => `${each.seriesName}  ${number(each.value[1], unit)}`)].join("\n") }),
    xAxis: timeAxis({ min: times[0], max: times.at(-1) }),
    yAxis: valueAxis(unit, { name: unitSymbol(unit), nameTextStyle: { color: quiet, align: "right" } }),
    series: [...lines.map((line) => ({
      type: "line", name: line.name, data: line.points, color: seriesColour(line.colour),
      symbol: signs[line.colour % signs.length], symbolSize: 6, connectNulls: false,
      emphasis: { disabled: true },
      lineStyle: { type: dashes[Math.max(0, worlds.indexOf(line.world))], width: 1.8 },
    })), { id: "moment", type: "line", data: [], silent: true }],
  };
}

/** Only the line of the instant looked at. */
export function groupMark() {
  return { series: [{ id: "moment", markLine: {
    animation: false, silent: true, symbol: "none", label: { show: false },
    lineStyle: { color: token("--text"), width: 1.5, type: "solid" }, data: [{ xAxis: moment() }],
  } }] };
}
