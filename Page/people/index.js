/** Starts this part of the page: who is here, and what they may see and do. @module */
import { words } from "../core/i18n.js";
import { openPanel } from "../core/panels.js";
import { startShortcuts } from "../core/shortcuts.js";
import { bringEntry, startAccount } from "./account.js";
import { startAdmin } from "./admin/index.js";
import { openHelp, startHelp } from "./help.js";
import { startOthers } from "./others.js";
import { startPresence } from "./presence.js";
import { offerTour, startTour } from "./tour.js";
import { startViews } from "./views.js";

const T = words({
  share: ["Share this view", "이 화면 공유"],
  tour: ["Take the tour again", "다시 둘러보기"],
  help: ["Help and shortcuts", "도움말과 단축키"],
});

const RING = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z";
const ICONS = {
  link: "M8 12h8M9 8H7a4 4 0 0 0 0 8h2M15 8h2a4 4 0 0 1 0 8h-2",
  compass: `${RING}M15.500 8.500l-2 5-5 2 2-5z`,
  question: `${RING}M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.3-1 .8-1 1.500M12 16.500v.1`,
};

/** Brings what this part shows. */
export async function start() {
  startViews();
  startAdmin();
  startHelp();
  bringEntry({ id: "share", icon: ICONS.link, label: () => T.share, act: () => openPanel("views") });
  bringEntry({ id: "tour", icon: ICONS.compass, label: () => T.tour, act: startTour });
  bringEntry({ id: "help", icon: ICONS.question, label: () => T.help, act: openHelp });
  startAccount();
  startOthers();
  startPresence();
  startShortcuts();
  offerTour();
}
