/** Lines of a width in pixels over the city: outlines, measured ways, drafts. @module */
import { THREE } from "/page/lib/three/index.js";
import { shared } from "./materials.js";
import { overAll, scene } from "./painter.js";
import { draw } from "./view.js";

const corners = Float32Array.from([0, -1, 1, -1, 1, 1, 0, 1]);
/**
 * A set of lines.
 * @param {{colour: string, width: number, isOver?: boolean}} look  `isOver`: also where something stands before it
 */
export class Strokes {
  constructor({ colour, width, isOver = false }) {
    this.uniforms = {
      size: shared.picture, colour: { value: new THREE.Color(colour) }, width: { value: width },
    };
    const vertexShader = `
      precision highp float;
      uniform mat4 modelMatrix, viewMatrix, projectionMatrix;
      uniform vec2 size;
      uniform float width;
      in vec2 corner;
      in vec3 a, b;
      void main() {
        vec4 p = projectionMatrix * viewMatrix * modelMatrix * vec4(a, 1.0);
        vec4 q = projectionMatrix * viewMatrix * modelMatrix * vec4(b, 1.0);
        float near = 0.01;
        if (p.w < near && q.w > near) p = mix(p, q, (near - p.w) / (q.w - p.w));
        if (q.w < near && p.w > near) q = mix(q, p, (near - q.w) / (p.w - q.w));
        vec2 along = normalize((q.xy / q.w - p.xy / p.w) * size + 1e-6);
        vec4 at = corner.x < 0.5 ? p : q;
        vec2 away = vec2(-along.y, along.x) * corner.y + along * (corner.x * 2.0 - 1.0) * 0.5;
        at.xy += away * width / size * at.w;
        at.z -= 0.0004 * at.w;
        gl_Position = at;
      }`;
    const fragmentShader = `
      precision highp float;
      uniform vec3 colour;
      out vec4 result;
      void main() { result = vec4(colour, 1.0); }`;
    const material = new THREE.RawShaderMaterial({
      glslVersion: THREE.GLSL3, uniforms: this.uniforms, vertexShader, fragmentShader, transparent: true,
      depthTest: !isOver, depthWrite: false, side: THREE.DoubleSide,
    });
    this.geometry = new THREE.InstancedBufferGeometry();
    this.geometry.setAttribute("corner", new THREE.BufferAttribute(corners, 2));
    this.geometry.setIndex([0, 1, 2, 0, 2, 3]);
    this.geometry.instanceCount = 0;
    this.mesh = new THREE.Mesh(this.geometry, material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = overAll;
    scene.add(this.mesh);
  }

  /** Sets the lines: pairs of points in metres, `[[x, y, z], [x, y, z]]`. */
  set(pairs) {
    const ends = (end) => Float32Array.from(pairs.flatMap((each) => each[end]));
    const [a, b] = [0, 1].map((end) => new THREE.InstancedBufferAttribute(ends(end), 3));
    this.geometry.dispose();
    this.geometry.setAttribute("a", a);
    this.geometry.setAttribute("b", b);
    this.geometry.instanceCount = pairs.length;
    this.mesh.visible = pairs.length > 0;
    draw();
  }

  /** Whether there are no lines. */
  get isEmpty() {
    return this.geometry.instanceCount === 0;
  }

  /** Moves all lines, in metres. */
  moveTo(x, y) {
    this.mesh.position.set(x, y, 0);
    draw();
  }

  set colour(value) {
    this.uniforms.colour.value.set(value);
    draw();
  }
}

/** The edges of what stands on rings from a height to another, as pairs of points. */
export function edges(rings, low, high, isClosed) {
  const pairs = [];
  for (const ring of rings) {
    const points = isClosed ? ring.slice(0, -1) : ring;
    points.forEach(([x, y], i) => {
      const next = points[i + 1] ?? (isClosed ? points[0] : null);
      if (high > low) pairs.push([[x, y, low], [x, y, high]]);
      if (!next) return;
      pairs.push([[x, y, high], [...next, high]]);
      if (high > low) pairs.push([[x, y, low], [...next, low]]);
    });
  }
  return pairs;
}
