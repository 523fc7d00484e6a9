/** What ECharts is told of values over time: one strip for each unit, one above the other. @module */
import { instant, number, unitSymbol } from "../core/format.js";
import { displayName } from "../core/i18n.js";
import { token } from "../core/theme.js";
import { dashes, moment, seriesColour, signs, timeAxis, tooltip, valueAxis } from "./chart.js";

const height = 150;

/** The whole chart. @param {{lines: object[], units: string[], span: object|null}} view */
export function timeOption({ lines, units, span }) {
  const ends = span ? { min: span.from, max: span.to } : wholeSpan(lines);
  const last = units.length - 1;
  return {
    tooltip: tooltip({ trigger: "axis", formatter: (all) => tip(all, lines) }),
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    grid: units.map((unit, i) =>
      ({ left: 56, right: 16, top: 24 + i * height, height: height - 44, containLabel: false })),
    xAxis: units.map((unit, i) => timeAxis({
      gridIndex: i, ...ends, axisLabel: i === last ? timeAxis().axisLabel : { show: false },
    })),
    yAxis: units.map((unit, i) => valueAxis(unit, {
      gridIndex: i, name: unit ? unitSymbol(unit) : namesOf(lines), nameLocation: "end", nameGap: 8,
      nameTextStyle: { color: token("--quiet"), align: unit ? "right" : "left" },
    })),
    series: [
      ...lines.flatMap((line) => seriesOf(line, units.indexOf(line.property.unit ?? ""))),
      ...units.map((unit, i) =>
        ({ id: `moment ${i}`, type: "line", data: [], silent: true, xAxisIndex: i, yAxisIndex: i })),
    ],
  };
}

/** Values without a unit are called what they are. */
function namesOf(lines) {
  const plain = lines.filter((line) => !line.property.unit);
  return [...new Set(plain.map((line) => displayName(line.property.displayName, line.path)))].join(", ");
}

/** Only the line of the instant looked at. */
export function markOption({ units }) {
  return { series: units.map((unit, i) => ({
    id: `moment ${i}`,
    markLine: {
      animation: false, silent: true, symbol: "none", label: { show: false },
      lineStyle: { color: token("--text"), width: 1.5, type: "solid" },
      data: [{ xAxis: moment() }],
    },
  })) };
}

function wholeSpan(lines) {
  const times = lines.flatMap((line) => (line.points.length > 0 ? [line.points[0][0], line.points.at(-1)[0]]
    : []));
  if (times.length === 0) return {};
  const [min, max] = [Math.min(...times), Math.max(...times)];
  return min < max ? { min, max } : { min: min - 3600000, max: max + 3600000 };
}

function seriesOf(line, axis) {
  const colour = seriesColour(line.colour);
  const shared = { type: "line", xAxisIndex: axis, yAxisIndex: axis, color: colour, silent: false };
  const few = line.points.length <= 40;
  const main = {
    ...shared,
    id: line.id,
    name: line.id,
    data: line.points,
    step: line.band ? false : "end",
    symbol: signs[line.colour % signs.length],
    symbolSize: 6,
    showSymbol: few,
    sampling: "lttb",
    lineStyle: { width: 1.8, type: dashes[line.dash % dashes.length] },
    emphasis: { disabled: true },
  };
  if (!line.band) return [main];
  const edge = (id, data, area) => ({
    ...shared, id: `${line.id} ${id}`, name: `${line.id} ${id}`, data, stack: line.id, symbol: "none",
    silent: true,
    stackStrategy: "all", lineStyle: { opacity: 0 }, areaStyle: area, tooltip: { show: false },
    emphasis: { disabled: true },
  });
  return [
    edge("low", line.band.map(([time, low]) => [time, low]), undefined),
    edge("high", line.band.map(([time, low, high]) => [time, high - low]), { color: colour, opacity: 0.18 }),
    main,
  ];
}

function tip(all, lines) {
  const shown = all.map((each) => [each,
    lines.find((line) => line.id === each.seriesName)]).filter(([, line]) => line);
  if (shown.length === 0) return "";
  return [instant(shown[0][0].value[0]), ...shown.map(([each, line]) => {
    const name = `${displayName(line.property.displayName, line.path)} · ${line.name} · ${line.world}`;
    return `${name}  ${number(each.value[1], line.property.unit)}`;
  })].join("\n");
}
