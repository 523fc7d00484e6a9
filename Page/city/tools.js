/** Buttons on the map and keys of it. @module */
import { byId, h, icon } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { bringShortcuts } from "../core/shortcuts.js";
import { store } from "../core/store.js";
import { fly, onMove, place, pose } from "./camera.js";
import { flyHome } from "./home.js";
import { addPoint, isMeasuring, onMeasure, setMeasuring } from "./measure.js";
import { texelAt } from "./painter.js";
import { chooseAt } from "./pick.js";

const T = words({
  tools: ["Map", "지도"],
  home: ["Home view", "처음 위치"],
  north: ["North up", "북쪽 위로"],
  tilt: ["Look straight down, or tilted", "똑바로 내려다보기 / 기울이기"],
  closer: ["Zoom in", "확대"],
  further: ["Zoom out", "축소"],
  measure: ["Measure lengths and areas", "길이·면적 재기"],
  move: ["Move the map", "지도 이동"],
  zoom: ["Zoom", "확대·축소"],
  turn: ["Turn", "회전"],
  tilted: ["Tilt", "기울이기"],
  choose: ["Choose what is in the middle", "가운데 있는 것 선택"],
  group: ["On the map", "지도에서"],
});

const pictures = {
  home: "M4 11.500 12 5l8 6.500V20h-5.500v-5h-5v5H4z",
  north: "M12 3l5 16-5-3.500L7 19z",
  tilt: "M3 15.500 9 8h12l-6 7.500zM12 20v-2M12 6V4",
  closer: "M12 5v14M5 12h14",
  further: "M5 12h14",
  measure: "M3 15.500 15.500 3 21 8.500 8.500 21zM7 11.500l2 2M10 8.500l3 3M13 5.500l2 2",
};

/** Puts the buttons on the map and listens to its keys. */
export function startTools(canvas) {
  const north = button("north", () => fly({ bearing: 0 }));
  const measure = button("measure", () => setMeasuring(!isMeasuring()));
  measure.setAttribute("aria-pressed", "false");
  onMeasure(() => measure.setAttribute("aria-pressed", String(isMeasuring())));
  byId("city").append(h("div", {
    id: "map-tools", role: "toolbar", "aria-label": () => T.tools, "aria-orientation": "vertical",
  }, button("home", flyHome), north, button("tilt", () => fly({ pitch: pose.pitch > 10 ? 0 : 58 })),
  button("closer", () => fly({ distance: pose.distance / 1.6 })),
  button("further", () => fly({ distance: pose.distance * 1.6 })), measure));
  onMove(() => {
    north.firstChild.style.transform = `rotate(${-pose.bearing}deg)`;
  });
  canvas.addEventListener("keydown", pressed);
  const group = () => T.group;
  bringShortcuts({ keys: ["←", "↑", "↓", "→"], text: () => T.move, group },
    { keys: ["+", "−"], text: () => T.zoom, group },
    { keys: ["Q", "E"], text: () => T.turn, group }, { keys: ["R", "F"], text: () => T.tilted, group },
    { keys: ["Home"], text: () => T.home, group }, { keys: ["Enter"], text: () => T.choose, group });
}

function button(name, act) {
  return h("button", {
    class: "tool", id: `map-${name}`, title: () => T[name], "aria-label": () => T[name], onclick: act,
  }, icon(pictures[name]));
}

const acts = {
  ArrowLeft: () => move(-1, 0), ArrowRight: () => move(1, 0), ArrowUp: () => move(0, 1), ArrowDown: () => move(0, -1),
  "+": () => place({ distance: pose.distance / 1.2 }), "=": () => place({ distance: pose.distance / 1.2 }),
  "-": () => place({ distance: pose.distance * 1.2 }), q: () => place({ bearing: pose.bearing - 8 }),
  e: () => place({ bearing: pose.bearing + 8 }), r: () => place({ pitch: pose.pitch + 5 }),
  f: () => place({ pitch: pose.pitch - 5 }), Home: () => flyHome(), Enter: () => middle(),
  Escape: () => (isMeasuring() ? setMeasuring(false) : store.set({ selection: [] })),
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = acts[event.key] ?? acts[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

function move(right, ahead) {
  const b = (pose.bearing * Math.PI) / 180;
  const step = pose.distance * 0.08;
  place({
    x: pose.x + step * (right * Math.cos(b) + ahead * Math.sin(b)),
    y: pose.y + step * (ahead * Math.cos(b) - right * Math.sin(b)),
  });
}

/** Chooses, or measures from, the middle of the map. */
async function middle() {
  if (isMeasuring()) {
    addPoint(pose);
    return;
  }
  const { clientWidth, clientHeight } = byId("city");
  chooseAt(await texelAt(clientWidth / 2, clientHeight / 2));
}
