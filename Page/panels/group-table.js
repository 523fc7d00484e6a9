/** Aggregates of groups over time as a table and as a file. @module */
import { instant, number } from "../core/format.js";
import { words } from "../core/i18n.js";
import { saveCsv } from "./download.js";
import { iso } from "./series.js";

const T = words({
  when: ["Time", "시각"],
});

/** Columns and rows for a grid: an instant a row, a group a column. */
export function groupTable({ groups, times }, unit, nameOf) {
  return [[
    { key: "time", label: () => T.when, value: (row) => row, show: (row) => instant(row) },
    ...[...groups.values()].map((group) => {
      const value = (row) => group.points.find((point) => point[0] === row)?.[1];
      const show = (row) => number(value(row), unit);
      return { key: group.key, label: nameOf(group), isNumber: true, value, show };
    }),
  ], times];
}

/** Saves them, a group and an instant a line. */
export function saveGroups({ groups }, { how, path }) {
  const rows = [...groups.values()].flatMap((group) =>
    group.points.map(([time, value]) => [group.world, group.label, iso(time), value]));
  saveCsv(["world", "group", "at", `${how.toLowerCase()}(${path})`], rows, "nuri-groups");
}
