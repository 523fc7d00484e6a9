/** Health: whether the server welcomes requests, and a few figures of how it fares, every five seconds. @module */
import { request } from "../../core/api.js";
import { fill, h } from "../../core/dom.js";
import { bytes, number, text } from "../../core/format.js";
import { words } from "../../core/i18n.js";
import { failed } from "../../core/notice.js";
import { parseMetrics, quantile, total } from "./metrics.js";
import { mark } from "./table.js";

const EVERY = 5000;
const KEPT = 60;
const T = words({
  health: ["Health", "상태"],
  ready: ["Ready", "준비됨"],
  notReady: ["Not ready", "준비 안 됨"],
  refreshed: ["Refreshed every 5 seconds; the lines show the last 5 minutes of this page.",
    "5초마다 새로 고칩니다. 선은 이 페이지가 본 최근 5분입니다."],
  requests: ["Requests", "요청"],
  perSecond: [(n) => `${n} a second`, (n) => `초당 ${n}`],
  answered: [(n) => `${n} answered`, (n) => `응답 ${n}`],
  flight: [(n) => `${n} under way`, (n) => `진행 중 ${n}`],
  errors: [(n) => `${n} with an error of the server`, (n) => `서버 오류 ${n}`],
  refused: [(n) => `${n} refused`, (n) => `거부 ${n}`],
  latency: ["Answer time", "응답 시간"],
  median: [(n) => `${n} median`, (n) => `중앙값 ${n}`],
  slowest: [(n) => `99 % within ${n}`, (n) => `99 %가 ${n} 안`],
  sync: ["Making durable (fsync)", "디스크 확정(fsync)"],
  syncs: [(n) => `${n} times`, (n) => `${n}회`],
  log: ["Log", "로그"],
  change: [(n) => `change ${n}`, (n) => `변경 ${n}`],
  written: [(n) => `${n} written since the start`, (n) => `시작 뒤 ${n} 기록`],
  diskFailed: [(n) => `${n} refusals of the disk`, (n) => `디스크 거부 ${n}`],
  memory: ["Memory", "메모리"],
  resident: ["resident", "상주"],
  disk: ["Free disk", "디스크 여유"],
  onDisk: ["where the data is", "데이터가 있는 곳"],
  world: ["Live world", "실제 세계"],
  twins: [(n) => `${n} twins`, (n) => `트윈 ${n}`],
  relationships: [(n) => `${n} relationships`, (n) => `관계 ${n}`],
  worlds: ["Worlds", "세계"],
  withForks: ["the live one and its forks", "실제 세계와 갈래들"],
  connections: ["Connections", "연결"],
  open: [(n) => `${n} open`, (n) => `열림 ${n}`],
  sockets: [(n) => `${n} WebSockets`, (n) => `웹소켓 ${n}`],
});

let status;
let cards;
let timer = null;
let before = null;
let beforeTime = 0;
const rates = [];
const memory = [];

/** @type {import("./index.js").Part} */
export const healthPart = {
  id: "health", title: () => T.health, action: "admin",
  mount: (element) => {
    status = h("div", { class: "ready", "aria-live": "polite" });
    cards = h("div", { class: "figures" });
    fill(element, status, cards, h("p", { class: "quiet-text" }, () => T.refreshed));
  },
  show: tick,
  hide: () => clearTimeout(timer),
};

async function tick() {
  clearTimeout(timer);
  try {
    await load();
  } catch (error) {
    failed(error);
  }
  timer = setTimeout(tick, EVERY);
}

async function load() {
  const ready = await request("GET", "/ready").catch((error) => {
    if (error.status !== 503) throw error;
    return error.problem;
  });
  const isReady = ready.status === "ready";
  fill(status, mark(isReady ? "good" : "bad", () => (isReady ? T.ready : T.notReady)),
    (ready.problems ?? []).map((each) => h("p", { class: "problem" }, text(each))));
  const metrics = parseMetrics(await request("GET", "/metrics", { as: "text" }));
  const now = performance.now();
  const answered = total(metrics, "nuri_requests_total");
  const answeredSince = before === null ? null : answered - total(before, "nuri_requests_total");
  const since = answeredSince === null ? null : answeredSince / ((now - beforeTime) / 1000);
  if (since !== null) keep(rates, Math.max(0, since));
  keep(memory, total(metrics, "process_resident_memory_bytes"));
  fill(cards, figures(metrics, before, since, answered));
  before = metrics;
  beforeTime = now;
}

function figures(metrics, then, rate, answered) {
  const sum = (name, fits) => total(metrics, name, fits);
  const many = (value) => number(value, undefined, { digits: 12 });
  const bad = sum("nuri_requests_total", ({ status: code }) => code === "5xx");
  const refused = sum("nuri_requests_refused_total");
  const diskFailed = sum("nuri_disk_failures_total");
  return [
    figure(() => T.requests, () => T.perSecond(rate === null ? "–" : number(rate, undefined, { digits: 3 })), [
      () => T.answered(many(answered)), () => T.flight(many(sum("nuri_requests_in_flight"))),
      () => T.refused(many(refused)), bad > 0 && (() => T.errors(many(bad)))], rates),
    figure(() => T.latency, () => T.median(seconds(metrics, then, "nuri_request_seconds", 0.5)),
      [() => T.slowest(seconds(metrics, then, "nuri_request_seconds", 0.99))]),
    figure(() => T.sync, () => T.median(seconds(metrics, then, "nuri_sync_seconds", 0.5)), [
      () => T.slowest(seconds(metrics, then, "nuri_sync_seconds", 0.99)),
      () => T.syncs(many(sum("nuri_sync_seconds_count")))]),
    figure(() => T.log, () => T.change(many(sum("nuri_sequence"))), [
      () => T.written(bytes(sum("nuri_disk_written_bytes_total"))),
      diskFailed > 0 && (() => T.diskFailed(many(diskFailed)))]),
    figure(() => T.memory, () => bytes(sum("process_resident_memory_bytes")), [() => T.resident], memory),
    figure(() => T.disk, () => bytes(sum("nuri_disk_free_bytes")), [() => T.onDisk]),
    figure(() => T.world, () => T.twins(many(sum("nuri_twins"))),
      [() => T.relationships(many(sum("nuri_relationships")))]),
    figure(() => T.worlds, () => many(sum("nuri_worlds")), [() => T.withForks]),
    figure(() => T.connections, () => T.open(many(sum("nuri_connections_open"))),
      [() => T.sockets(many(sum("nuri_websockets_open")))]),
  ];
}

function figure(title, value, notes, line) {
  return h("div", { class: "figure" }, h("h3", {}, title), h("p", { class: "figure-value" }, value),
    notes.filter(Boolean).map((note) => h("p", { class: "quiet-text" }, note)),
    line && line.length > 1 && spark(line));
}

function spark(values) {
  const high = Math.max(...values, 1e-9);
  const points = values.map((value, i) => {
    const [x, y] = [(i / (KEPT - 1)) * 118 + 1, 27 - (value / high) * 25];
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return h("svg", { class: "spark", viewBox: "0 0 120 28", preserveAspectRatio: "none", "aria-hidden": "true" },
    h("polyline", { points: points.join(" ") }));
}

function seconds(metrics, then, name, share) {
  const value = quantile(metrics, then, name, share);
  if (value === null) return "–";
  if (value < 0.001) return number(value * 1e6, "µs", { digits: 2 });
  return value < 1 ? number(value * 1000, "ms", { digits: 2 }) : number(value, "second", { digits: 2 });
}

function keep(values, value) {
  values.push(value);
  if (values.length > KEPT) values.shift();
}
