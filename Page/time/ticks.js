/** The dates and hours written along the axis. @module */
import { instant } from "../core/format.js";

const HOUR = 3600000;
const DAY = 24 * HOUR;
const SHORT = [1000, 5000, 15000, 60000, 300000, 900000, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR];
const DAYS = [1, 2, 7, 14];

/**
 * Ticks of a stretch of time: `{time, text, strong}`, at round local times.
 * @param {number} from
 * @param {number} to
 * @param {number} most  how many there is room for
 */
export function ticksOf(from, to, most) {
  if (most < 1 || to <= from) return [];
  const short = SHORT.find((each) => (to - from) / each <= most);
  if (short) return shortTicks(from, to, short);
  const days = DAYS.find((each) => (to - from) / (each * DAY) <= most);
  return days ? dayTicks(from, to, days) : monthTicks(from, to, most);
}

function shortTicks(from, to, step) {
  const found = [];
  const shift = new Date(from).getTimezoneOffset() * 60000;
  for (let time = Math.ceil((from - shift) / step) * step + shift; time <= to; time += step) {
    const isMidnight = (time - shift) % DAY === 0;
    const parts = isMidnight ? { day: "numeric", month: "short" }
      : { hour: "2-digit", minute: "2-digit", hourCycle: "h23", second: step < 60000 ? "2-digit" : undefined };
    found.push({ time, text: instant(time, parts), strong: isMidnight });
  }
  return found;
}

function dayTicks(from, to, days) {
  const found = [];
  const day = new Date(from);
  day.setHours(0, 0, 0, 0);
  if (days >= 7) day.setDate(day.getDate() - ((day.getDay() + 6) % 7));
  for (; day <= to; day.setDate(day.getDate() + days)) {
    if (day < from) continue;
    found.push({ time: day.getTime(), text: instant(day, { day: "numeric", month: "short" }), strong: day.getDay() === 1 });
  }
  return found;
}

function monthTicks(from, to, most) {
  const found = [];
  const months = [1, 3, 6, 12, 60, 120].find((each) => (to - from) / (each * 30 * DAY) <= most) ?? 1200;
  const start = new Date(from);
  const month = new Date(start.getFullYear(), months >= 12 ? 0 : start.getMonth() - (start.getMonth() % months), 1);
  for (; month <= to; month.setMonth(month.getMonth() + months)) {
    if (month < from) continue;
    const isYear = month.getMonth() === 0;
    const parts = isYear ? { year: "numeric" } : { month: "short" };
    found.push({ time: month.getTime(), text: instant(month, parts), strong: isYear });
  }
  return found;
}
