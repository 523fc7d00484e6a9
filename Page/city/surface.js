/**
 * What a picture is drawn onto. A graphics card draws onto the canvas. Where the processor draws, the canvas keeps its
 * size, as another one would be waited for, and pictures of what moves are coarse ones laid over all of it.
 * @module
 */
import { THREE } from "/page/lib/three/index.js";

/** Pixels of a picture for one of CSS, when the processor draws: of what moves, of what is behind it, of what rests. */
const ratios = { coarse: 0.6, kept: 0.6, fine: 1.25 };

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
  const targets = { coarse: target(), kept: target(true), fine: target() };
  const sheet = makeSheet();
  const backdrop = makeSheet(true);
  const camera = new THREE.Camera();
  let shown = null;

  return {
    /** Begins a picture of a kind, a width and a height in CSS pixels; gives its pixels for one of them. */
    begin(width, height, kind) {
      if (!isSoftware) {
        fit(renderer, width, height, Math.min(2, devicePixelRatio));
        return 1;
      }
      shown = targets[kind];
      shown.setSize(Math.ceil(width * ratios[kind]), Math.ceil(height * ratios[kind]));
      renderer.setRenderTarget(shown);
      return ratios[kind];
    },
    /** Begins with the picture that is kept, how near everything is included. */
    restore() {
      renderer.setViewport(0, 0, shown.width, shown.height);
      renderer.setScissor(0, 0, shown.width, shown.height);
      backdrop.material.uniforms.picture.value = targets.kept.texture;
      backdrop.material.uniforms.depths.value = targets.kept.depthTexture;
      renderer.render(backdrop, camera);
    },
    /** Ends it: brings it onto the canvas, and calls `done()`. The page goes on while the processor draws. */
    end(width, height, done) {
      if (!isSoftware) return done();
      renderer.setRenderTarget(null);
      finished(renderer.getContext(), () => {
        fit(renderer, width, height, 1);
        renderer.setScissorTest(false);
        renderer.setViewport(0, 0, width, height);
        sheet.material.uniforms.picture.value = shown.texture;
        renderer.render(sheet, camera);
        done();
      });
    },
  };
}

/** Gives the canvas a size, if it has another: that empties it. */
function fit(renderer, width, height, ratio) {
  const { x, y } = renderer.getSize(new THREE.Vector2());
  if (x === width && y === height && renderer.getPixelRatio() === ratio) return;
  renderer.setPixelRatio(ratio);
  renderer.setSize(width, height, true);
}

/** Calls `done()` when all that has been asked of WebGL is done. */
function finished(gl, done) {
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  const look = () => {
    if (fence && gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED) {
      setTimeout(look, 2);
      return;
    }
    gl.deleteSync(fence);
    done();
  };
  setTimeout(look);
}

function target(hasDepths = false) {
  const depthTexture = hasDepths ? new THREE.DepthTexture(1, 1, THREE.UnsignedIntType) : null;
  return new THREE.WebGLRenderTarget(1, 1, { generateMipmaps: false, depthTexture });
}

/** What lays one picture over another, with how near it is where that is known. */
function makeSheet(hasDepths = false) {
  const material = new THREE.RawShaderMaterial({
    glslVersion: THREE.GLSL3, depthTest: hasDepths, depthWrite: hasDepths, depthFunc: THREE.AlwaysDepth,
    uniforms: { picture: { value: null }, depths: { value: null } },
    vertexShader: `in vec3 position;
      out vec2 at;
      void main() { at = 0.5 * position.xy + 0.5; gl_Position = vec4(position.xy, 0.0, 1.0); }`,
    fragmentShader: `precision highp float;
      in vec2 at;
      uniform sampler2D picture, depths;
      out vec4 result;
      void main() {
        result = texture(picture, at);
        ${hasDepths ? "gl_FragDepth = texture(depths, at).r;" : ""}
      }`,
  });
  const sheet = new THREE.Mesh(new THREE.PlaneGeometry(2, 2), material);
  sheet.frustumCulled = false;
  return sheet;
}
