/** Whose data this is. Who has models of the sample has its data: its licences want their sources named. @module */
import { byId, fill, h } from "../core/dom.js";
import { onData } from "./data.js";
import { allLayers } from "./layers.js";

/** By how the ids of the models begin; the text is that of Samples/yeoksam/sample.json. */
const sources = {
  "dtmi:nuri:yeoksam:": "© OpenStreetMap contributors (ODbL 1.0); Seoul open data; Seoul Bike Sharing Demand, UCI (CC BY 4.0)",
};

/** Puts it on the map. */
export function startAttribution() {
  const element = h("p", { id: "attribution", lang: "en" });
  byId("city").append(element);
  onData(() => {
    const models = allLayers().map(({ model }) => model);
    const found = Object.entries(sources).filter(([prefix]) => models.some((model) => model.startsWith(prefix)));
    fill(element, found.map(([, text]) => text).join("; "));
  });
}
