/** Where the city is looked at from: a place on the ground, a distance, a tilt, a direction. In metres. @module */
import { THREE } from "/page/lib/three/index.js";

const degree = Math.PI / 180;

/**
 * @typedef {object} Pose
 * @property {number} x  metres east of the origin: the point on the ground in the middle of the picture
 * @property {number} y  metres north
 * @property {number} distance  metres from there
 * @property {number} pitch  degrees from looking straight down (0) towards the horizon (90)
 * @property {number} bearing  degrees clockwise from north
 */

/** @type {Pose} */
export const pose = { x: 0, y: 0, distance: 3000, pitch: 55, bearing: 0 };
export const camera = new THREE.PerspectiveCamera(38, 1, 1, 1e5);

const told = new Set();
let flight = null;

/** Calls `tell()` after every move. */
export function onMove(tell) {
  told.add(tell);
}

/** Moves at once. @param {Partial<Pose>} to */
export function place(to) {
  flight = null;
  settle(to);
}

/** Moves there in less than a second; at once for those who want no motion. @param {Partial<Pose>} to */
export function fly(to) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return place(to);
  const from = { ...pose };
  const end = { ...pose, ...to };
  const turn = ((((end.bearing - from.bearing) % 360) + 540) % 360) - 180;
  const began = performance.now();
  const mine = (flight = {});
  const far = Math.min(1, Math.hypot(end.x - from.x, end.y - from.y) / (4 * Math.max(from.distance, end.distance)));
  const step = (now) => {
    if (flight !== mine) return;
    const t = Math.min(1, Math.max(0, (now - began) / 700));
    const s = t * t * (3 - 2 * t);
    const mix = (key) => from[key] + s * (end[key] - from[key]);
    settle({
      x: mix("x"), y: mix("y"), pitch: mix("pitch"), bearing: from.bearing + s * turn,
      distance: from.distance ** (1 - s) * end.distance ** s * (1 + far * Math.sin(Math.PI * s)),
    });
    if (t < 1) requestAnimationFrame(step);
    else flight = null;
  };
  requestAnimationFrame(step);
}

/** Whether a flight is under way. */
export function isFlying() {
  return flight !== null;
}

function settle(to) {
  Object.assign(pose, to);
  pose.distance = Math.min(60000, Math.max(25, pose.distance));
  pose.pitch = Math.min(84, Math.max(0, pose.pitch));
  pose.bearing = ((pose.bearing % 360) + 360) % 360;
  arrange();
  for (const tell of told) tell();
}

function arrange() {
  const [b, p] = [pose.bearing * degree, pose.pitch * degree];
  const ahead = [Math.sin(b), Math.cos(b)];
  const back = Math.sin(p) * pose.distance;
  camera.position.set(pose.x - ahead[0] * back, pose.y - ahead[1] * back, Math.cos(p) * pose.distance);
  camera.up.set(ahead[0] * Math.cos(p), ahead[1] * Math.cos(p), Math.sin(p) + 1e-6);
  camera.lookAt(pose.x, pose.y, 0);
  camera.near = Math.max(1, pose.distance / 60);
  camera.far = pose.distance * 12 + 20000;
  camera.updateMatrixWorld();
}
arrange();

/** The camera for a picture of a width and height. */
export function shape(width, height) {
  camera.aspect = width / height;
  camera.updateProjectionMatrix();
  return camera;
}

/**
 * The point on the ground, or so many metres up, under a point of the picture (−1…1 each way), at most 100 km away;
 * `null` in the sky.
 */
export function groundAt(x, y, up = 0) {
  const ray = new THREE.Vector3(x, y, 0.5).unproject(camera).sub(camera.position).normalize();
  if (ray.z > -1e-3) return null;
  const far = (up - camera.position.z) / ray.z;
  if (far > 1e5) return null;
  return { x: camera.position.x + far * ray.x, y: camera.position.y + far * ray.y };
}
