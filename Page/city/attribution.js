/** Whose data this is: what the worlds that are looked at say of their sources. @module */
import { query } from "../core/api.js";
import { byId, fill, h } from "../core/dom.js";
import { failed } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { onData } from "./data.js";
import { allLayers } from "./layers.js";

/** A twin of this model names a source (docs/import-export.md). */
const SOURCES = "SELECT T.attribution FROM DIGITALTWINS T WHERE IS_OF_MODEL(T, 'dtmi:nuri:core:DataSource;1')";

/** Puts it on the map; asks again when other worlds or layers are shown. */
export function startAttribution() {
  const element = h("p", { id: "attribution" });
  byId("city").append(element);
  let shown = "";
  const ask = latest(async (signal) => {
    const { who, world, other } = store.state;
    const worlds = who ? [...new Set([world, other])].filter((each) => each !== null) : [];
    const wanted = JSON.stringify([who?.id, worlds, allLayers().map(({ model }) => model)]);
    if (wanted === shown) return;
    const rows = await Promise.all(worlds.map((each) => query(SOURCES, { world: each, at: null, signal })));
    fill(element, [...new Set(rows.flat().map(({ attribution }) => attribution))].filter(Boolean).join("; "));
    shown = wanted;
  }, failed);
  store.on(["who", "world", "other"], ask);
  onData(ask);
}
