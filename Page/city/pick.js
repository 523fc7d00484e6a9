/** What the pointer is over, and what it chooses. @module */
import { h, byId, fill } from "../core/dom.js";
import { number } from "../core/format.js";
import { displayName } from "../core/i18n.js";
import { openPanel } from "../core/panels.js";
import { store } from "../core/store.js";
import { tileOf, twinOf } from "./ids.js";
import { layerOf } from "./layers.js";
import { shared } from "./materials.js";
import { nothing } from "./numbers.js";
import { takePointer } from "./pointer.js";
import { textures } from "./texels.js";
import { nameOf, twin } from "./twins.js";
import { texelAt } from "./painter.js";
import { draw } from "./view.js";
import { isDifference } from "./views.js";

const label = h("div", { id: "hover", hidden: true });
let asked = null;
let isPicking = false;
let over = -1;

/** Starts following the pointer. */
export function startPick() {
  byId("city").append(label);
  takePointer({ hover, leave, click });
}

/** Looks what is under the pointer, one point after the other, the newest of those that came meanwhile. */
async function hover(point) {
  asked = point;
  if (isPicking) return;
  isPicking = true;
  try {
    while (asked !== null) {
      await new Promise(requestAnimationFrame);
      const at = asked;
      const texel = at && (await texelAt(at.x, at.y));
      if (asked !== null) show(texel, at);
      if (asked === at) asked = null;
    }
  } finally {
    isPicking = false;
  }
}

function leave() {
  asked = null;
  show(-1);
}

function show(texel, point) {
  if (point) place(point);
  if (texel === over) return;
  over = texel;
  shared.hover.value = texel;
  draw();
  label.hidden = true;
  if (texel >= 0) tell(texel, point.view.side).catch(() => {});
}

function place({ x, y, view }) {
  const isRight = x > view.right - 240;
  label.style.transform = `translate(${Math.round(x + (isRight ? -14 : 14))}px, ${Math.round(y + 14)}px)`
    + (isRight ? " translateX(-100%)" : "");
}

async function tell(texel, side) {
  const found = await twinOf(texel);
  if (!found || texel !== over) return;
  const layer = layerOf(found.model);
  const value = valueOf(texel, side);
  const line = [displayName(layer?.displayName, found.model), value].filter(Boolean).join(" · ");
  fill(label, h("b", {}, found.id), h("span", {}, line));
  label.hidden = false;
  const name = nameOf(await twin(found.id));
  if (texel === over) label.firstChild.textContent = name;
}

/** The value that colours a feature, as text. */
function valueOf(texel, side) {
  const { colour } = store.state;
  const tile = tileOf(texel);
  if (colour?.model !== tile?.model) return null;
  const property = layerOf(tile.model)?.properties.find(({ path }) => path === colour.path);
  const [mine, theirs] = [0, 1].map((each) => textures.colour[each].value.image.data[texel]);
  const isBoth = mine !== nothing && theirs !== nothing;
  const one = side === 0 ? mine : theirs;
  const value = isDifference() ? (isBoth ? mine - theirs : nothing) : one;
  if (!property) return null;
  const shown = value === nothing ? "–" : number(value, property.unit, { digits: 4, signed: isDifference() });
  return `${displayName(property.displayName, property.path)} ${shown}`;
}

function click({ x, y, event }) {
  texelAt(x, y).then((texel) => chooseAt(texel, event.shiftKey || event.ctrlKey || event.metaKey));
  return true;
}

/** Selects the twin of a texel, or nothing where there is none. */
export async function chooseAt(texel, isMore = false) {
  const found = await twinOf(texel).catch(() => null);
  if (!found) {
    if (!isMore) store.set({ selection: [] });
    return;
  }
  const { selection } = store.state;
  const has = selection.includes(found.id);
  if (!isMore) store.set({ selection: [found.id] });
  else store.set({ selection: has ? selection.filter((id) => id !== found.id) : [...selection, found.id] });
  if (store.state.panel === null || store.state.panel === "card") openPanel("card");
}
