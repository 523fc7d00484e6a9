/** How the city looks: colours of the theme, the sun of the instant, what the store says of layers. @module */
import { THREE } from "/page/lib/three/index.js";
import { store } from "../core/store.js";
import { token } from "../core/theme.js";
import { colourRange, tallScale } from "./range.js";
import { data, onData } from "./data.js";
import { allLayers, isDense, isDistrict } from "./layers.js";
import { shared } from "./materials.js";
import { scaleTexture } from "./scales.js";
import { groundKinds } from "./grounds.js";
import { sunAt } from "./sun.js";
import { again } from "./tiles.js";
import { scene } from "./painter.js";
import { draw, isSoftware, onRest, smoothen } from "./view.js";

const ground = new THREE.Mesh(
  new THREE.CircleGeometry(60000, 48), new THREE.MeshBasicMaterial({ depthTest: false, depthWrite: false }));
/** The uniforms that are colours of the theme. */
const tokens = { ground: "--map-ground", haze: "--map-haze", noValue: "--map-none", accent: "--accent" };
/** The colours of what was added, has gone, has changed. */
const stateTokens = ["--good", "--bad", "--other"];

/** Starts following the store. */
export function startLook() {
  ground.renderOrder = -1;
  scene.add(ground);
  store.on(["theme"], () => {
    theme();
    sun();
  });
  // Where the processor draws, the light stays until the pointer rests.
  if (isSoftware()) {
    onRest(sun);
    store.on(["at"], smoothen);
  } else {
    onData(sun);
  }
  store.on(["layers", "theme", "colour", "tall", "filter", "selection", "mode"], () => {
    layers();
    draw();
  });
  store.on(["layers"], again);
  onData(layers);
  theme();
  sun();
}

function theme() {
  for (const [name, from] of Object.entries(tokens)) {
    shared[name].value.set(token(from));
  }
  stateTokens.forEach((name, i) => shared.states.value[i].set(token(name)));
  groundKinds.forEach((name, i) => shared.kinds.value[i + 1].set(token(`--map-${name}`)));
  ground.material.color.set(token("--map-ground"));
  layers();
}

function sun() {
  if (!data.origin) return;
  const { east, north, up } = sunAt(new Date(store.state.at ?? Date.now()), data.origin.lon, data.origin.lat);
  const isDark = store.state.theme === "dark";
  const day = Math.min(1, Math.max(0, up * 4 + 0.25));
  shared.sun.value.set(east, north, Math.max(up, 0.25)).normalize();
  // At night the city keeps enough light from one side to be read.
  shared.light.value.set(isDark ? 0.62 : 0.76, (isDark ? 0.46 : 0.34) * (0.4 + 0.6 * day));
}

const looks = { area: "--map-area", line: "--map-line", prism: "--map-building", mesh: "--map-building" };

function layers() {
  const { colour } = store.state;
  const spots = allLayers().filter(({ kind }) => kind === "point").map(({ model }) => model).sort();
  for (const layer of allLayers()) {
    const { uniforms, materials } = layer;
    const isColoured = colour?.model === layer.model;
    const nth = spots.indexOf(layer.model);
    uniforms.base.value.set(token(lookOf(layer, nth)));
    uniforms.isColoured.value = isColoured ? 1 : 0;
    uniforms.edge.value.set(...edgeColour(), store.state.theme === "dark" ? 0.28 : 0.4);
    uniforms.wide.value.set(layer.kind === "line" ? 3 : -1, layer.kind === "line" ? 1.2 : 2);
    const isTall = store.state.tall?.model === layer.model;
    uniforms.sizeScale.value = isTall ? tallScale() : 1;
    uniforms.column.value.set(...(isTall ? [20, 2, 2] : isDense(layer) ? [1.5, 0.4, 0.8] : [1.8, 9, 2.4]));
    uniforms.soft.value = isDistrict(layer) ? 0.07 : 1;
    const opacity = layer.opacity();
    uniforms.opacity.value = opacity;
    for (const each of [materials.solid, materials.spot, materials.far]) {
      each.transparent = opacity < 1 || store.state.filter !== null;
    }
  }
  const range = colourRange();
  shared.scale.value = scaleTexture(range.scale);
  shared.range.value.set(range.from, range.to);
}

/** The name of a layer's colour; layers of points have one after the other. */
function lookOf(layer, nth) {
  if (isDense(layer)) return "--map-dense";
  if (isDistrict(layer)) return "--map-district";
  return nth >= 0 ? `--map-point-${nth % 6}` : looks[layer.kind];
}

function edgeColour() {
  return new THREE.Color(token("--map-edge")).toArray();
}

/** The css colour that a layer is drawn in when no property colours it. */
export function baseColour(layer) {
  return `#${layer.uniforms.base.value.getHexString()}`;
}
