/** Where in the picture which world is drawn, and what is where. @module */
import { THREE } from "/page/lib/three/index.js";
import { store } from "../core/store.js";
import { camera, shape } from "./camera.js";

/** The camera of the picture that is shown: another one may be on its way. */
const seen = new THREE.PerspectiveCamera();
let frame = null;

/** Where the swipe's handle stands, from 0 to 1. */
export const swipeAt = { value: 0.5 };

/** Says which element the picture fills. */
export function setFrame(element) {
  frame = element;
}

/** Width and height of the picture in CSS pixels. */
export function extent() {
  return { width: frame.clientWidth, height: frame.clientHeight };
}

/** Whether two worlds are looked at at once. */
export function isCompared() {
  return store.state.mode !== "single" && store.state.other !== null;
}

/** Whether two worlds are drawn as their difference. */
export function isDifference() {
  return isCompared() && store.state.mode === "difference";
}

/** Where each world is drawn, in CSS pixels. */
export function views() {
  const { width, height } = extent();
  const { mode } = store.state;
  if (!isCompared() || mode === "difference") return [{ side: 0, x: 0, width, height, left: 0, right: width }];
  if (mode === "side") {
    const half = Math.floor(width / 2);
    return [{ side: 0, x: 0, width: half, height, left: 0, right: half },
      { side: 1, x: half, width: width - half, height, left: half, right: width }];
  }
  const cut = Math.round(width * swipeAt.value);
  return [{ side: 0, x: 0, width, height, left: 0, right: cut },
    { side: 1, x: 0, width, height, left: cut, right: width }];
}

/** Which of the views a point of the picture is in, and where in it, −1…1 each way. */
export function viewAt(x, y) {
  const view = views().find((each) => x >= each.left && x < each.right) ?? views()[0];
  shape(view.width, view.height);
  return { ...view, u: ((x - view.x) / view.width) * 2 - 1, v: 1 - (y / view.height) * 2 };
}

/** Keeps where the camera stands as that of a picture. @returns {THREE.PerspectiveCamera} */
export function cameraNow() {
  return new THREE.PerspectiveCamera().copy(camera);
}

/** Says from where the picture that is shown now was drawn. @param {THREE.PerspectiveCamera} from */
export function setSeen(from) {
  seen.copy(from);
}

/** Where a place in metres stands in a view of the picture that is shown; `null` behind the camera. */
export function onScreen(view, x, y, z = 0) {
  seen.aspect = view.width / view.height;
  seen.updateProjectionMatrix();
  const point = new THREE.Vector3(x, y, z).project(seen);
  if (point.z > 1 || point.z < -1) return null;
  return { x: view.x + ((point.x + 1) / 2) * view.width, y: ((1 - point.y) / 2) * view.height, depth: point.z };
}
