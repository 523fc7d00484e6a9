/** Materials of the city. Colours, heights and marks come from the texel of a feature. @module */
import { THREE } from "/page/lib/three/index.js";
import { scaleTexture } from "./scales.js";
import { fragmentShader, vertexShader } from "./shaders.js";
import { textures } from "./texels.js";

/** Uniforms that all materials share. Before each picture the view puts in whose values these are. */
export const shared = {
  mine: { value: null },
  theirs: { value: null },
  sizes: { value: null },
  flags: textures.flags,
  scale: { value: scaleTexture("viridis") },
  range: { value: new THREE.Vector2(0, 1) },
  isDifference: { value: 0 },
  noValue: { value: new THREE.Color() },
  accent: { value: new THREE.Color() },
  haze: { value: new THREE.Color() },
  ground: { value: new THREE.Color() },
  sun: { value: new THREE.Vector3(0.3, -0.5, 0.8) },
  light: { value: new THREE.Vector2(0.6, 0.4) },
  hazeFrom: { value: 4000 },
  hover: { value: -1 },
  pixel: { value: 0.001 },
  eye: { value: new THREE.Vector3() },
  kinds: { value: Array.from({ length: 6 }, () => new THREE.Color()) },
  states: { value: Array.from({ length: 3 }, () => new THREE.Color()) },
  picture: { value: new THREE.Vector2(1, 1) },
};

/** What a layer has of its own. */
export function layerUniforms() {
  return {
    base: { value: new THREE.Color("#888") },
    isColoured: { value: 0 },
    opacity: { value: 1 },
    soft: { value: 1 },
    sizeScale: { value: 1 },
    edge: { value: new THREE.Vector4(0, 0, 0, 0.4) },
    wide: { value: new THREE.Vector2(3, 1) },
    column: { value: new THREE.Vector3(3, 10, 2) },
  };
}

function material(vertex, fragment, own, more = {}) {
  return new THREE.RawShaderMaterial({
    glslVersion: THREE.GLSL3, uniforms: { ...shared, ...own }, vertexShader: vertexShader(vertex),
    fragmentShader: fragmentShader(fragment), ...more,
  });
}

/** Drawn before all that stands, over what was drawn before: blended, though three takes it for opaque. */
const onGround = {
  depthWrite: false, depthTest: false, side: THREE.DoubleSide, blending: THREE.CustomBlending,
  blendSrc: THREE.SrcAlphaFactor, blendDst: THREE.OneMinusSrcAlphaFactor,
};

/**
 * Materials of a layer for each form its tiles have, and for picking each.
 * @param {ReturnType<layerUniforms>} own
 */
export function materialsOf(own) {
  const raised = { polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1 };
  return {
    solid: material("solid", "solid", own, raised),
    edge: material("solid", "edge", own, { transparent: true, depthWrite: false }),
    fill: material("flat", "flat", own, onGround),
    ribbon: material("ribbon", "flat", own, onGround),
    spot: material("spot", "solid", own),
    far: material("far", "solid", own),
    pick: {
      solid: material("solid", "pick", own),
      fill: material("flat", "pick", own, { ...onGround, blending: THREE.NoBlending }),
      ribbon: material("ribbon", "pick", own, { ...onGround, blending: THREE.NoBlending }),
      spot: material("spot", "pick", own),
    },
  };
}
