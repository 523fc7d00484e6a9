/** Starts the city: its picture, and what stands around it. @module */
import { byId, fill, h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { store } from "../core/store.js";
import { startAttribution } from "./attribution.js";
import { onMove } from "./camera.js";
import { startCard } from "./card.js";
import { startClosed } from "./closed.js";
import { startCompare } from "./compare.js";
import { startData } from "./data.js";
import { startDraft } from "./draft.js";
import { figures } from "./figures.js";
import { startFilter } from "./filter.js";
import { startGrounds } from "./grounds.js";
import { startHome } from "./home.js";
import { startLabels } from "./labels.js";
import { startLayerTree } from "./layertree.js";
import { startLegend } from "./legend.js";
import { startLook } from "./look.js";
import { startMarks } from "./marks.js";
import { startMeasure } from "./measure.js";
import { startPick } from "./pick.js";
import { startPointer } from "./pointer.js";
import { startSearch } from "./search.js";
import { startStates } from "./states.js";
import { texelFigures } from "./texels.js";
import { again, isComplete } from "./tiles.js";
import { startTools } from "./tools.js";
import { isAtRest, startView } from "./view.js";

const T = words({
  map: ["Map of the city. Arrow keys move, plus and minus zoom, Q and E turn, R and F tilt.",
    "도시 지도. 화살표로 이동, +와 -로 확대·축소, Q와 E로 회전, R과 F로 기울이기."],
  noWebGL: ["This browser cannot draw in 3D (WebGL 2 is missing). Everything else works.",
    "이 브라우저는 3차원을 그릴 수 없습니다(WebGL 2 없음). 나머지는 그대로 쓸 수 있습니다."],
});

/** Brings what this part shows. */
export async function start() {
  const city = byId("city");
  const canvas = h("canvas", { id: "map", tabindex: "0", role: "application", "aria-label": () => T.map });
  city.append(canvas);
  try {
    startView(canvas);
  } catch {
    fill(city, h("p", { class: "no-map" }, () => T.noWebGL));
    return;
  }
  startLook();
  startPointer(canvas);
  startPick();
  startMarks();
  startCard();
  startGrounds();
  startClosed();
  startLabels();
  startCompare();
  startStates();
  startDraft();
  startMeasure();
  startTools(canvas);
  startFilter();
  startAttribution();
  startLegend();
  startLayerTree();
  startSearch();
  startHome();
  startData();
  onMove(() => soon());
  window.nuri.city = {
    figures: () => ({ ...figures, ...texelFigures(), heap: heap() }), isComplete: () => isComplete() && isAtRest(),
  };
}

let timer = 0;

/** Plans tiles while the camera moves, a few times a second. */
function soon() {
  if (timer !== 0) return;
  timer = setTimeout(() => {
    timer = 0;
    again();
  }, 150);
}

function heap() {
  return performance.memory?.usedJSHeapSize ?? null;
}
