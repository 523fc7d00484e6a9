/**
 * What a picture is drawn onto. A graphics card draws onto the canvas. Where the processor draws, the canvas keeps its
 * size, as another one would be waited for, and pictures of what moves are coarse ones laid over all of it.
 * @module
 */
import { THREE } from "/page/lib/three/index.js";

/** Pixels of a picture for one of CSS, when the processor draws: of what moves, and of what rests. */
const ratios = { coarse: 0.6, fine: 1.25 };

/** Whether the processor draws, for want of a graphics card. */
export function isDrawnInSoftware() {
  const gl = document.createElement("canvas").getContext("webgl2");
  const info = gl?.getExtension("WEBGL_debug_renderer_info");
  const name = info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : "";
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

/**
 * The surface of a renderer.
 * @param {THREE.WebGLRenderer} renderer
 * @param {boolean} isSoftware
 */
export function makeSurface(renderer, isSoftware) {
  const size = new THREE.Vector2();
  const targets = { coarse: target(), fine: target() };
  const sheet = makeSheet();
  const camera = new THREE.Camera();
  let shown = null;

  return {
    /** Begins a picture of a width and height in CSS pixels; gives its pixels for one of them. */
    begin(width, height, isHasty) {
      const ratio = isSoftware ? 1 : Math.min(2, devicePixelRatio);
      renderer.getSize(size);
      if (size.x !== width || size.y !== height || renderer.getPixelRatio() !== ratio) {
        renderer.setPixelRatio(ratio);
        renderer.setSize(width, height, true);
      }
      if (!isSoftware) return 1;
      const kind = isHasty ? "coarse" : "fine";
      shown = targets[kind];
      shown.setSize(Math.ceil(width * ratios[kind]), Math.ceil(height * ratios[kind]));
      renderer.setRenderTarget(shown);
      return ratios[kind];
    },
    /** Ends it: brings it onto the canvas. */
    end(width, height) {
      if (!isSoftware) return;
      renderer.setRenderTarget(null);
      renderer.setScissorTest(false);
      renderer.setViewport(0, 0, width, height);
      sheet.material.uniforms.picture.value = shown.texture;
      renderer.render(sheet, camera);
    },
  };
}

function target() {
  return new THREE.WebGLRenderTarget(1, 1, { generateMipmaps: false });
}

function makeSheet() {
  const material = new THREE.RawShaderMaterial({
    glslVersion: THREE.GLSL3, depthTest: false, depthWrite: false, uniforms: { picture: { value: null } },
    vertexShader: `in vec3 position;
      out vec2 at;
      void main() { at = 0.5 * position.xy + 0.5; gl_Position = vec4(position.xy, 0.0, 1.0); }`,
    fragmentShader: `precision highp float;
      in vec2 at;
      uniform sampler2D picture;
      out vec4 result;
      void main() { result = texture(picture, at); }`,
  });
  const sheet = new THREE.Mesh(new THREE.PlaneGeometry(2, 2), material);
  sheet.frustumCulled = false;
  return sheet;
}
