/** What the tour shows. @module */
import { get, hasRoute, query, worldPath } from "../core/api.js";
import { words } from "../core/i18n.js";
import { failed } from "../core/notice.js";
import { openPanel } from "../core/panels.js";
import { may } from "../core/session.js";
import { store } from "../core/store.js";
import { openForkDialog } from "../worlds/fork.js";
import { stackOf } from "../worlds/undo.js";

const HOUR = 3600000;
const T = words({
  look: ["This is a city, as it is now", "지금 이 순간의 도시입니다"],
  lookText: ["Drag to move, turn the wheel to come closer, drag with the right button to turn. "
    + "Every building is a twin: a live record of the real one.",
    "끌어서 옮기고, 휠로 다가가고, 오른쪽 버튼으로 돌립니다. 건물 하나하나가 실제를 기록하는 트윈입니다."],
  pick: ["Pick a building", "건물을 골라 보세요"],
  pickText: ["Click one. Its card tells what is known: properties with units, when and why each last changed, "
    + "what it is connected to.",
    "하나를 클릭하세요. 단위가 있는 속성, 마지막 변경 시각과 이유, 연결된 것들이 카드에 나옵니다."],
  pickDo: ["Pick one for me", "대신 골라 주세요"],
  search: ["Find anything", "무엇이든 찾기"],
  searchText: ["Type a name or an id here, or a whole query. The key / brings you here from anywhere.",
    "이름이나 ID, 또는 질의를 입력하세요. 어디서든 / 키를 누르면 여기로 옵니다."],
  rewind: ["Rewind", "되감아 보세요"],
  rewindText: ["Drag the slider to another hour. The city, its charts and cards all show that instant.",
    "슬라이더를 다른 시각으로 끌어 보세요. 도시, 차트, 카드가 모두 그 시각을 보여 줍니다."],
  rewindDo: ["Show me another hour", "다른 시각 보여 주기"],
  fork: ["Fork it", "갈라 보세요"],
  forkText: ["Drag off the slider, or press Fork: a world of its own begins at this instant. "
    + "The live one does not notice.",
    "슬라이더에서 끌어내거나 ‘갈라 내기’를 누르면 이 시각에서 새로운 세계가 시작됩니다. 실제 세계에는 영향이 없습니다."],
  forkDo: ["Fork this instant", "이 시점에서 갈라 내기"],
  storeys: ["Add storeys to a building", "건물에 층을 더해 보세요"],
  storeysText: ["In a fork, pick a building and change what you like: its storeys, its place, a road, "
    + "any property. Undo takes it back.",
    "갈라 낸 세계에서 건물을 골라 층수, 위치, 도로, 어떤 속성이든 바꿔 보세요. ‘되돌리기’로 되돌릴 수 있습니다."],
  storeysDo: ["Open the tools", "편집 도구 열기"],
  compare: ["Compare", "비교해 보세요"],
  compareText: ["Side by side, under a swipe, or only what differs: see what your change has done.",
    "나란히, 밀어서, 또는 다른 것만: 바꾼 결과를 확인하세요."],
  compareDo: ["Show what differs", "다른 것 보여 주기"],
  charts: ["Charts, graph, queries", "차트, 그래프, 질의"],
  chartsText: ["The panels at the right follow the same world and instant. "
    + "That is all: the tour is in your account menu whenever you want it again.",
    "오른쪽 패널도 같은 세계와 시각을 따릅니다. 이것으로 끝입니다. 계정 메뉴에서 언제든 다시 볼 수 있습니다."],
  chartsDo: ["Open the charts", "차트 열기"],
});

/**
 * A step: `targets` are looked for in this order, `until(state)` says that it was done, watched at `keys`; `act` does it
 * for whoever asks, where it `can` be done.
 * @type {{title: () => string, text: () => string, targets: string[], may?: () => boolean, keys?: string[],
 *   until?: (state: object) => boolean, act?: () => void, can?: () => boolean, doIt?: () => string}[]}
 */
export const steps = [
  { title: () => T.look, text: () => T.lookText, targets: ["#city"] },
  {
    title: () => T.pick, text: () => T.pickText, targets: ["#dock .panel-card", "#city"], doIt: () => T.pickDo,
    act: () => pick().catch(failed), keys: ["selection"], until: ({ selection }) => selection.length > 0,
  },
  { title: () => T.search, text: () => T.searchText, targets: ["#search input", "#search"] },
  {
    title: () => T.rewind, text: () => T.rewindText, targets: ["#track", "#time"], doIt: () => T.rewindDo,
    act: () => rewind().catch(failed), keys: ["at"], until: ({ at }) => at !== null,
  },
  {
    title: () => T.fork, text: () => T.forkText, targets: ["#fork", "#time"], may: () => may("fork"),
    doIt: () => T.forkDo, act: openForkDialog, keys: ["world"], until: ({ world }) => world !== "live",
  },
  {
    title: () => T.storeys, text: () => T.storeysText, targets: ["#dock .panel-edit", "#tool-edit", "#rail"],
    may: () => may("fork"), doIt: () => T.storeysDo, act: () => openTools().catch(failed),
    keys: ["world", "revision"], until: ({ world }) => world !== "live" && stackOf(world).undo.length > 0,
  },
  {
    title: () => T.compare, text: () => T.compareText, targets: ["#dock .panel-difference", "#mode", "#tool-worlds"],
    doIt: () => T.compareDo, can: () => store.state.other !== null, act: compare,
    keys: ["mode"], until: ({ mode }) => mode !== "single",
  },
  {
    title: () => T.charts, text: () => T.chartsText, targets: ["#dock .panel-charts", "#tool-charts", "#rail"],
    doIt: () => T.chartsDo, act: () => openCharts().catch(failed), keys: ["panel"], until: ({ panel }) => panel === "charts",
  },
];

/** Picks the tallest thing there is that has a name, and goes there. */
async function pick() {
  const [found] = await query("SELECT T.$dtId, T.height, T.location FROM DIGITALTWINS T "
    + "WHERE IS_NUMBER(T.height) AND IS_STRING(T.name) ORDER BY T.height DESC LIMIT 1", { most: 1 });
  if (found === undefined) return;
  store.set({ selection: [found.$dtId] });
  const [lon, lat] = found.location?.coordinates ?? [];
  if (typeof lon === "number") store.set({ camera: { lon, lat, distance: 900, pitch: 58, bearing: 20 } });
  openPanel("card");
}

/** Opens the tools for what is selected, or for what the tour would pick. */
async function openTools() {
  if (store.state.selection.length === 0) await pick();
  openPanel("edit");
}

function compare() {
  store.set({ mode: "difference" });
  openPanel("difference");
}

/** Opens the charts, of what changes all the time where nothing is selected that does. */
async function openCharts() {
  const [found] = await query("SELECT T.$dtId FROM DIGITALTWINS T WHERE IS_NUMBER(T.temperature) "
    + "ORDER BY T.$metadata.$lastUpdateTime DESC LIMIT 1", { most: 1 });
  if (found !== undefined) store.set({ selection: [found.$dtId] });
  openPanel("charts");
}

/** Goes six hours back from the last time that much happened: quiet hours look alike. */
async function rewind() {
  let last = store.state.span?.last ?? new Date().toISOString();
  if (await hasRoute("GET", "/v1/worlds/{world}/timeline")) {
    let span = {};
    for (const _ of ["days", "minutes"]) {
      const { buckets, to } = await get(worldPath(store.state.world, "timeline"), { ...span, buckets: 500 });
      const busy = buckets.findLastIndex(({ changes }) => changes > 2);
      if (busy < 0) break;
      last = buckets[busy].from;
      span = { from: last, to: buckets[busy + 1]?.from ?? to };
    }
  }
  store.set({ at: new Date(Date.parse(last) - 6 * HOUR).toISOString(), playing: false });
}
