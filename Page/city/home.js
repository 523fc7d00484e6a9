/** Where the map begins: all there is, seen from the south; and the store's camera. @module */
import { store } from "../core/store.js";
import { fly, isFlying, onMove, place, pose } from "./camera.js";
import { data, onData } from "./data.js";

let isSet = false;
let mine = null;
let timer = 0;

/** Starts keeping the camera in step with the store. */
export function startHome() {
  onData(first);
  onMove(tellSoon);
  store.on(["camera"], ({ camera }) => {
    if (camera && camera !== mine && data.project) fly(fromStore(camera));
  });
  store.on(["who"], ({ who }) => {
    if (!who) isSet = false;
  });
}

function first() {
  if (isSet || !data.project) return;
  const start = store.state.camera ? fromStore(store.state.camera) : homePose();
  if (!start) return;
  isSet = true;
  place(start);
}

/** The pose that shows the middle of what there is. */
export function homePose() {
  const { tiles } = data;
  if (!tiles?.length) return null;
  let [x, y, all] = [0, 0, 0];
  for (const tile of tiles) {
    const weight = tile.count;
    x += weight * (1000 * tile.x + 500);
    y += weight * (1000 * tile.y + 500);
    all += weight;
  }
  return { x: x / all, y: y / all - 300, distance: tiles.length > 2 ? 2900 : 1700, pitch: 56, bearing: 15 };
}

/** Flies to where the map began. */
export function flyHome() {
  const to = homePose();
  if (to) fly(to);
}

/** Flies to a place in degrees. */
export function flyTo({ lon, lat }, distance = Math.min(pose.distance, 600)) {
  if (!data.project) return;
  const [x, y] = data.project.toMetres(lon, lat);
  fly({ x, y, distance });
}

function fromStore({ lon, lat, distance, pitch, bearing }) {
  const [x, y] = data.project.toMetres(lon, lat);
  return { x, y, distance, pitch, bearing };
}

/** Tells the store where the camera stands once it rests. */
function tellSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!isSet || isFlying() || !data.project) return;
    const [lon, lat] = data.project.toDegrees(pose.x, pose.y);
    const round = (value, digits) => Number(value.toFixed(digits));
    mine = {
      lon: round(lon, 6), lat: round(lat, 6), distance: round(pose.distance, 1), pitch: round(pose.pitch, 1),
      bearing: round(pose.bearing, 1),
    };
    store.set({ camera: mine });
  }, 250);
}
