/** The time slider at the foot of the page, with the version tree above it. @module */
import { words } from "../core/i18n.js";
import { byId, fill, h, icon, refresh } from "../core/dom.js";
import { ago, instant } from "../core/format.js";
import { notice } from "../core/notice.js";
import { may } from "../core/session.js";
import { store } from "../core/store.js";
import { forkDrag, openForkDialog } from "../worlds/fork.js";
import { makeTree } from "../worlds/tree.js";
import { axis, startAxis } from "./axis.js";
import { startKeys } from "./keys.js";
import { startPlay, toChange } from "./play.js";
import { makeTrack } from "./track.js";

const T = words({
  play: ["Play", "재생"],
  pause: ["Pause", "멈춤"],
  speed: ["Speed", "속도"],
  previous: ["Previous change", "이전 변경"],
  next: ["Next change", "다음 변경"],
  none: ["There is no change further that way.", "그쪽에는 더 이상 변경이 없습니다."],
  live: ["Live", "지금"],
  liveTitle: ["Go to now", "지금으로 가기"],
  fork: ["Fork", "갈라 내기"],
  forkTitle: [
    "Fork the world at this instant (or drag the thumb off the slider)",
    "이 시점에서 세계를 갈라 냅니다(손잡이를 슬라이더 밖으로 끌어도 됩니다)",
  ],
  closer: ["Zoom in", "확대"],
  wider: ["Zoom out", "축소"],
  now: ["Now", "지금"],
  empty: ["Nothing has been recorded yet.", "아직 기록된 것이 없습니다."],
  lost: ["Connection lost, trying again…", "연결이 끊겨 다시 잇는 중…"],
  last: [(last) => `last change ${last}`, (last) => `마지막 변경 ${last}`],
});

const SPEEDS = [
  [60, ["1 minute per second", "1초에 1분"]],
  [600, ["10 minutes per second", "1초에 10분"]],
  [3600, ["1 hour per second", "1초에 1시간"]],
  [21600, ["6 hours per second", "1초에 6시간"]],
  [86400, ["1 day per second", "1초에 1일"]],
];
const S = words(Object.fromEntries(SPEEDS));

const PATHS = {
  play: "M8 5v14l11-7z",
  pause: "M8 5v14M16 5v14",
  previous: "M18 6l-8 6 8 6zM7 6v12",
  next: "M6 6l8 6-8 6zM17 6v12",
  fork: "M6 20V4M6 14c8 0 11-3 11-8M13.500 9L17 5l3.500 4",
  closer: "M12 5v14M5 12h14",
  wider: "M5 12h14",
};

/** Brings the slider. */
export async function start() {
  const play = tool("play", PATHS.play, () => (store.state.playing ? T.pause : T.play), () => {
    store.set({ playing: !store.state.playing });
  });
  const speed = h("select", { id: "speed", "aria-label": () => T.speed, onchange: () => {
    store.set({ speed: Number(speed.value) });
  } }, SPEEDS.map(([value]) => h("option", { value: String(value), selected: value === 3600 }, () => S[value])));
  const words = h("output", { class: "moment", "aria-live": "off" });
  const live = h("button", { id: "go-live", class: "go-live", title: () => T.liveTitle,
    onclick: () => store.set({ at: null, playing: false }) }, h("span", { class: "dot" }), h("span", {}, () => T.live));
  const fork = h("button", { id: "fork", title: () => T.forkTitle, onclick: () => openForkDialog() },
    icon(PATHS.fork), h("span", {}, () => T.fork));
  const track = makeTrack(forkDrag);
  const tree = makeTree();
  fill(byId("time"), tree,
    h("div", { class: "time-row" },
      h("div", { class: "time-controls" },
        words,
        h("div", { class: "time-buttons" },
          play,
          tool("previous", PATHS.previous, () => T.previous, () => jump(-1)),
          tool("next", PATHS.next, () => T.next, () => jump(1)),
          speed)),
      h("div", { class: "track-box" }, track),
      h("div", { class: "time-ends" },
        h("div", { class: "time-buttons" }, live, fork),
        h("div", { class: "time-buttons zoom" },
          tool("closer", PATHS.closer, () => T.closer, () => axis.ready && axis.zoom(0.5)),
          tool("wider", PATHS.wider, () => T.wider, () => axis.ready && axis.zoom(2))))));

  function show() {
    const { at, span, connection, who } = store.state;
    byId("time").hidden = who === null;
    live.setAttribute("aria-pressed", String(at === null));
    fork.hidden = !may("fork");
    const [strong, quiet] = inWords(at, span, connection);
    fill(words, h("strong", {}, strong), h("span", { class: "quiet-text" }, quiet));
  }
  store.on(["at", "span", "connection", "language", "who"], show);
  store.on(["playing"], ({ playing }) => {
    fill(play, icon(playing ? PATHS.pause : PATHS.play));
    refresh(play);
  });
  new ResizeObserver(([entry]) => axis.resize(Math.round(entry.contentRect.width))).observe(track);
  show();
  startAxis();
  startPlay();
  startKeys();
}

function tool(name, path, title, act) {
  return h("button", { class: "tool small", id: `time-${name}`, title, "aria-label": title, onclick: act }, icon(path));
}

async function jump(direction) {
  store.set({ playing: false });
  if (!(await toChange(direction))) notice(T.none);
}

function inWords(at, span, connection) {
  if (connection === "lost") return [at === null ? T.now : full(at), T.lost];
  if (at !== null) return [full(at), ago(at)];
  return [T.now, span === null ? T.empty : T.last(instant(span.last))];
}

function full(at) {
  return instant(at, { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
}
