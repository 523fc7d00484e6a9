/** What the graphics card runs: colours, heights and marks come from the texel of a feature. @module */
import { closed, nothing } from "./numbers.js";

/** Metres from which on edges are not drawn. */
export const edgesUntil = 4500;

const common = `
#define NOTHING (${nothing.toExponential(6)} * 0.99)
#define CLOSED (${closed.toExponential(6)} * 0.99)
uniform sampler2D mine, theirs, sizes, scale;
uniform highp usampler2D flags;
uniform vec2 range;
uniform vec3 noValue, accent, base, ground, kinds[6], states[3];
uniform float soft, sizeScale;
uniform int isColoured, isDifference, hover;
uniform float pixel, opacity;
uniform vec3 eye;
flat out vec4 tint; flat out float none; flat out uint id;

bool isHidden = false;
in uint texel;
ivec2 spot() { return ivec2(int(texel) % 2048, int(texel) / 2048); }
float sized(float otherwise) {
  float size = texelFetch(sizes, spot(), 0).r;
  return size > NOTHING ? size * sizeScale : otherwise;
}
vec4 scaled(float a, float b) {
  none = 0.0;
  if (isDifference == 1) b = a > NOTHING && b > NOTHING ? a - b : NOTHING; else b = a;
  if (b <= NOTHING) { none = 1.0; return vec4(noValue, 1.0); }
  float at = clamp((b - range.x) / max(range.y - range.x, 1e-9), 0.0, 1.0);
  return vec4(textureLod(scale, vec2(at * 0.996 + 0.002, 0.5), 0.0).rgb, 1.0);
}
void shade() {
  ivec2 at = spot();
  id = texel;
  none = 0.0;
  tint = vec4(base, opacity);
  uint marks = texelFetch(flags, at, 0).r;
  uint kind = (marks >> 2) & 7u;
  uint state = marks >> 5;
  isHidden = state == 4u;
  if (kind > 0u) tint.rgb = kinds[kind];
  if (isColoured == 1) {
    vec4 own = scaled(texelFetch(mine, at, 0).r, texelFetch(theirs, at, 0).r);
    tint.rgb = own.rgb;
  } else if (texelFetch(mine, at, 0).r > CLOSED) { tint.rgb = states[1]; none = 5.0; }
  if (state == 1u || state == 2u || (state == 3u && (isColoured == 0 || none > 0.5))) {
    tint.rgb = mix(tint.rgb, states[state - 1u], 0.8);
    none = 1.0 + float(state);
  }
  if ((marks & 1u) != 0u) { tint.rgb = mix(tint.rgb, ground, 0.82); tint.a *= 0.35; none = 0.0; }
  if ((marks & 2u) != 0u) tint.rgb = mix(tint.rgb, accent, 0.75);
  if (int(texel) == hover) tint.rgb = mix(tint.rgb, accent, 0.35);
}
`;

const vertices = {
  solid: `
    in vec4 at;
    out vec3 place;
    out float up;
    void stand() {
      vec4 where = modelMatrix * vec4(at.xyz, 1.0);
      if (at.w > 0.5) where.z = sized(where.z * 1000.0 / at.w) * at.w / 1000.0;
      place = where.xyz;
      up = where.z;
      gl_Position = projectionMatrix * viewMatrix * where;
    }`,
  flat: `
    in vec4 at;
    out vec3 place;
    void stand() {
      tint.a *= soft;
      vec4 where = modelMatrix * vec4(at.xyz, 1.0);
      place = where.xyz;
      gl_Position = projectionMatrix * viewMatrix * where;
    }`,
  ribbon: `
    in vec4 at;
    in vec2 aside;
    uniform vec2 wide;
    out vec3 place;
    void stand() {
      vec4 where = modelMatrix * vec4(at.xyz, 1.0);
      float metres = wide.x < 0.0 ? 0.0 : sized(wide.x);
      float one = pixel * distance(where.xyz, eye);
      where.xy += aside / 60.0 * 0.5 * max(metres, wide.y * one);
      place = where.xyz;
      gl_Position = projectionMatrix * viewMatrix * where;
    }`,
  far: `
    in vec4 at;
    out vec3 place;
    out float up;
    void stand() {
      tint.rgb = mix(ground, tint.rgb, min(1.0, 0.25 + 0.0015 * at.w));
      vec4 where = modelMatrix * vec4(at.xyz, 1.0);
      place = where.xyz;
      up = 16.0;
      gl_Position = projectionMatrix * viewMatrix * where;
    }`,
  spot: `
    in vec4 post;
    in vec4 at;
    uniform vec3 column;
    out vec3 place;
    out float up;
    void stand() {
      vec4 where = modelMatrix * vec4(at.xyz, 1.0);
      float one = pixel * distance(where.xyz, eye);
      where.xy += 0.01 * post.xy * max(column.x, column.z * one);
      where.z += 0.01 * post.z * max(sized(column.y), 1.5 * column.z * one);
      place = where.xyz;
      up = post.z * 0.14;
      gl_Position = projectionMatrix * viewMatrix * where;
    }`,
};

const light = `
  uniform vec3 haze, sun, eye;
  uniform vec2 light;
  uniform float hazeFrom;
  vec3 lit(vec3 colour, vec3 normal) {
    float sky = 0.86 + 0.14 * normal.z;
    return colour * (light.x * sky + light.y * max(dot(normal, sun), 0.0));
  }
  vec3 far(vec3 colour, vec3 place) {
    float d = distance(place, eye);
    return mix(colour, haze, 0.85 * (1.0 - exp(-max(0.0, d - hazeFrom) / (hazeFrom * 2.5))));
  }
  /** No value is striped, closed in black, what was added checked, what has gone seen through, what changed dotted. */
  vec3 hatched(vec3 colour, float none) {
    vec2 at = gl_FragCoord.xy;
    float stripe = step(0.5, fract((at.x + at.y) / 9.0));
    if (none > 4.5) return colour * (stripe > 0.5 ? 1.0 : 0.3);
    if (none > 3.5) return colour * (length(fract(at / 10.0) - 0.5) < 0.22 ? 0.5 : 1.0);
    if (none > 2.5) { if (stripe > 0.5) discard; return colour; }
    if (none > 1.5) return colour * (fract(at.x / 12.0) < 0.5 != fract(at.y / 12.0) < 0.5 ? 0.72 : 1.0);
    return none > 0.5 ? colour * (0.84 + 0.16 * stripe) : colour;
  }
`;

const fragments = {
  solid: `
    in vec3 place;
    in float up;
    void main() {
      vec3 normal = normalize(cross(dFdx(place), dFdy(place)));
      vec3 colour = lit(hatched(tint.rgb, none), normal);
      colour *= mix(0.74, 1.0, smoothstep(0.0, 14.0, up));
      result = vec4(far(colour, place), tint.a);
    }`,
  edge: `
    in vec3 place;
    in float up;
    void main() {
      float near = 1.0 - smoothstep(0.25, 1.0, distance(place, eye) / edgesUntil);
      result = vec4(far(mix(tint.rgb, edge.rgb, edge.a) * (light.x + light.y * 0.6), place), tint.a * near * 0.7);
    }`,
  flat: `
    in vec3 place;
    void main() {
      result = vec4(far(hatched(tint.rgb, none) * (light.x + light.y * max(sun.z, 0.0)), place), tint.a);
    }`,
};

const pickFragment = `
  flat in uint id; flat in vec4 tint;
  out vec4 result;
  void main() {
    uint i = id + 1u;
    result = vec4(uvec4(i & 255u, (i >> 8) & 255u, (i >> 16) & 255u, (i >> 24) & 255u)) / 255.0;
  }`;

const head = `
  precision highp float;
  flat in vec4 tint; flat in float none; flat in uint id;
  uniform vec4 edge;
  const float edgesUntil = ${edgesUntil.toFixed(1)};
  out vec4 result;
`;

/** The shader that places the vertices of a form: `solid`, `flat`, `ribbon`, `far`, `spot`. */
export function vertexShader(form) {
  return `precision highp float; precision highp int;
    uniform mat4 modelMatrix, viewMatrix, projectionMatrix; ${common} ${vertices[form]}
    void main() {
      shade();
      stand();
      if (isHidden) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    }`;
}

/** The shader that colours: `solid`, `edge`, `flat`, or `pick`, whose colours are numbers of texels. */
export function fragmentShader(look) {
  if (look === "pick") return `precision highp float; precision highp int; ${pickFragment}`;
  return head + light + fragments[look];
}
