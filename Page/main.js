/** Starts the page: its parts bring what they show, then whoever is known is let in. @module */
import { words, startLanguage } from "./core/i18n.js";
import { byId, h } from "./core/dom.js";
import { startFeed } from "./core/feed.js";
import { startLink } from "./core/link.js";
import { startPanels } from "./core/panels.js";
import { startSession } from "./core/session.js";
import { store } from "./core/store.js";
import { startTheme } from "./core/theme.js";
import { start as startCity } from "./city/index.js";
import { start as startPeople } from "./people/index.js";
import { startSignIn } from "./people/signin.js";
import { start as startPanelViews } from "./panels/index.js";
import { start as startTime } from "./time/index.js";
import { start as startWorlds } from "./worlds/index.js";

const T = words({
  skip: ["Skip to the map", "지도로 건너뛰기"],
  city: ["City", "도시"],
  dock: ["Panels", "패널"],
  layers: ["Layers", "레이어"],
  time: ["Time", "시간"],
});

startLanguage();
startTheme();
startSignIn();
startLink();
byId("skip").append(h("span", {}, () => T.skip));
for (const [id, name] of Object.entries({ rail: "dock", layers: "layers", time: "time", city: "city" })) {
  byId(id).setAttribute("aria-label", T[name]);
  store.on(["language"], () => byId(id).setAttribute("aria-label", T[name]));
}
window.nuri = { store };
const ready = (async () => {
  await startCity();
  await startTime();
  await startWorlds();
  await startPanelViews();
  await startPeople();
  startPanels();
  startFeed();
  await startSession();
})();
window.nuri.ready = ready;
await ready;
document.body.dataset.ready = "";
performance.mark("ready");
