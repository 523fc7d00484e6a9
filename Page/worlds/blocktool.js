/** The tool that adds a building: a block by its size, at a place clicked in the city or typed. @module */
import { get, worldPath } from "../core/api.js";
import { displayName, words } from "../core/i18n.js";
import { h } from "../core/dom.js";
import { contentsOf } from "../core/models.js";
import { store } from "../core/store.js";
import { blockOperation, isBlock } from "./operations.js";
import { doing, draftFollower } from "./tools.js";
import { write } from "./undo.js";

const T = words({
  title: [(what) => `Add: ${what}`, (what) => `더하기: ${what}`],
  width: ["Width, m", "너비, m"],
  depth: ["Depth, m", "깊이, m"],
  height: ["Height, m", "높이, m"],
  turn: ["Turned, °", "회전, °"],
  lon: ["Longitude", "경도"],
  lat: ["Latitude", "위도"],
  name: ["Name", "이름"],
  place: ["Click its place in the city", "도시에서 위치 찍기"],
  add: ["Add", "더하기"],
  added: [(name) => `Added ${name}`, (name) => `${name} 추가`],
  where: ["Say where it stands: click in the city, or type a longitude and a latitude.",
    "위치를 정하세요. 도시에서 찍거나 경도와 위도를 입력합니다."],
});

const followDraft = draftFollower();

/** The tool, for the model that is selected or else the first whose twins are blocks; nothing where there is none. */
export async function blockTool(selected) {
  const contents = selected && isBlock(selected) ? selected : await blockModel(store.state.world);
  if (!contents) return null;
  const fields = Object.fromEntries([["width", 20], ["depth", 15], ["height", 12], ["turn", 0], ["lon", ""], ["lat", ""]]
    .map(([key, value]) => [key, h("input", { type: "number", step: "any", id: `block-${key}`, value, oninput: changed })]));
  const name = h("input", { id: "block-name" });
  const value = (key) => Number(fields[key].value);
  const toolNow = () => ({
    kind: "place", width: value("width"), depth: value("depth"), height: value("height"), turn: value("turn"),
  });
  const place = h("button", { id: "block-place", onclick: () => {
    const isOn = store.state.tool?.kind === "place";
    store.set({ tool: isOn ? null : toolNow(), draft: null });
  } }, () => T.place);

  function changed() {
    if (store.state.tool?.kind !== "place" && fields.lon.value === "") return;
    const isPlaced = fields.lon.value !== "" && fields.lat.value !== "";
    store.set({ tool: toolNow(), draft: isPlaced ? { lon: value("lon"), lat: value("lat") } : null });
  }
  followDraft(({ draft, tool }) => {
    place.setAttribute("aria-pressed", String(tool?.kind === "place"));
    if (tool?.kind !== "place" || draft === null || [fields.lon, fields.lat].includes(document.activeElement)) return;
    fields.lon.value = draft.lon.toFixed(6);
    fields.lat.value = draft.lat.toFixed(6);
  });
  const add = doing(async () => {
    if (fields.lon.value === "" || fields.lat.value === "") throw new Error(T.where);
    const id = `block-${Date.now().toString(36)}`;
    const sizes = Object.fromEntries(Object.keys(fields).map((key) => [key, value(key)]));
    await write([blockOperation(id, contents, { ...sizes, name: name.value })], T.added(name.value || id));
    store.set({ tool: null, draft: null, selection: [id] });
  });
  const label = (key, control) => h("label", { class: "short" }, h("span", {}, () => T[key]), control);
  return h("details", { class: "edit-section", open: store.state.selection.length === 0 },
    h("summary", {}, () => T.title(displayName(contents.displayName, contents.id))),
    h("div", { class: "row" }, Object.entries(fields).map(([key, control]) => label(key, control)), label("name", name)),
    h("div", { class: "row" }, place, h("button", { class: "primary", id: "block-add", onclick: add }, () => T.add)));
}

async function blockModel(world) {
  const { items } = await get(worldPath(world, "models"), { pageSize: 1000 });
  for (const { id, decommissioned } of items) {
    const contents = decommissioned ? null : await contentsOf(world, id);
    if (contents && isBlock(contents)) return contents;
  }
  return null;
}
