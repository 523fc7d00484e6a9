/** Numbers, units and instants as people of the page's language write them. @module */
import { store } from "./store.js";

/** Symbols of the units that DTDL names. Source: the quantitative types extension of DTDL. */
const symbols = {
  metre: "m", centimetre: "cm", millimetre: "mm", kilometre: "km", squareMetre: "m²", cubicMetre: "m³",
  degreeCelsius: "°C", degreeFahrenheit: "°F", kelvin: "K", percent: "%", unity: "", one: "",
  metrePerSecond: "m/s", kilometrePerHour: "km/h", pascal: "Pa", kilopascal: "kPa", hectopascal: "hPa", bar: "bar",
  watt: "W", kilowatt: "kW", megawatt: "MW", kilowattHour: "kWh", joule: "J", volt: "V", ampere: "A", hertz: "Hz",
  second: "s", minute: "min", hour: "h", day: "d", year: "a", kilogram: "kg", gram: "g", tonne: "t", lux: "lx",
  litre: "L", litrePerSecond: "L/s", cubicMetrePerHour: "m³/h", decibel: "dB", degreeOfArc: "°", radian: "rad",
  microgramPerCubicMetre: "µg/m³", wattPerSquareMetre: "W/m²", partsPerMillion: "ppm", megajoulePerSquareMetre: "MJ/m²",
};

/** A unit's symbol; a unit without one is shown by its name. */
export function unitSymbol(unit) {
  if (!unit) return "";
  const name = typeof unit === "string" ? unit.split(":").pop().split(";")[0] : "";
  return symbols[name] ?? name;
}

/** A number with at most `digits` significant digits, and its unit. */
export function number(value, unit, { digits = 5, signed = false } = {}) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const form = new Intl.NumberFormat(locale(), {
    maximumSignificantDigits: digits, signDisplay: signed ? "exceptZero" : "auto",
  });
  const symbol = unitSymbol(unit);
  return symbol === "" ? form.format(value) : `${form.format(value)}\u00a0${symbol}`;
}

/** An instant in the time zone of the browser; `parts` as of `Intl.DateTimeFormat`. */
export function instant(value, parts = { dateStyle: "medium", timeStyle: "short" }) {
  if (!value) return "–";
  return new Intl.DateTimeFormat(locale(), parts).format(new Date(value));
}

/** How long ago an instant is, in whole ones of its largest unit, or about how far ahead. */
export function ago(value, now = Date.now()) {
  const seconds = (new Date(value).getTime() - now) / 1000;
  const form = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  const whole = seconds < 0 ? Math.trunc : Math.round;
  for (const [unit, length] of [["year", 31557600], ["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= length) return form.format(whole(seconds / length), unit);
  }
  return form.format(whole(seconds), "second");
}

/** A length of time in its largest unit, such as "8 years". */
export function duration(seconds) {
  const units = [["year", 31557600], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, length] = units.find((each) => seconds >= each[1]) ?? units.at(-1);
  const form = new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 });
  return form.format(Math.trunc(seconds / length));
}

/** A number of bytes. */
export function bytes(count) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let at = 0;
  let left = count;
  while (left >= 1000 && at < units.length - 1) {
    left /= 1000;
    at += 1;
  }
  return `${new Intl.NumberFormat(locale(), { maximumSignificantDigits: 3 }).format(left)}\u00a0${units[at]}`;
}

/** Any JSON value as short text. */
export function text(value) {
  if (typeof value === "number") return number(value);
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function locale() {
  return store.state.language === "ko" ? "ko-KR" : "en-GB";
}
