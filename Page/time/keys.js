/** The keys of the slider's thumb, and what the help says of them. @module */
import { words } from "../core/i18n.js";
import { bringShortcuts } from "../core/shortcuts.js";
import { store } from "../core/store.js";
import { axis } from "./axis.js";
import { DAY, lookAt, position, step, toChange } from "./play.js";

const T = words({
  slider: ["Time slider", "시간 슬라이더"],
  step: ["A step back or on", "한 걸음 앞뒤로"],
  day: ["A day back or on", "하루 앞뒤로"],
  change: ["Change before or after", "이전·다음 변경으로"],
  first: ["First record", "첫 기록으로"],
  now: ["Now", "지금으로"],
  play: ["Let time run, or stop it", "시간 재생, 멈춤"],
  zoom: ["Zoom in or out; 0 shows all", "확대, 축소, 0은 전체"],
});

const on = (direction) => (event) => (event.shiftKey ? step(direction, DAY) : step(direction));
const zoom = (factor) => () => axis.ready && axis.zoom(factor, axis.x(position()));
const acts = {
  ArrowLeft: on(-1),
  ArrowRight: on(1),
  ArrowDown: on(-1),
  ArrowUp: on(1),
  PageDown: () => toChange(-1),
  PageUp: () => toChange(1),
  Home: () => axis.ready && lookAt(axis.scale.first),
  End: () => store.set({ at: null }),
  " ": () => store.set({ playing: !store.state.playing }),
  "+": zoom(0.6),
  "-": zoom(1 / 0.6),
  0: () => store.set({ zoom: null }),
};

/** Lists the keys in the help. */
export function startKeys() {
  const group = () => T.slider;
  bringShortcuts(
    { keys: ["←", "→"], text: () => T.step, group },
    { keys: ["Shift", "← →"], text: () => T.day, group },
    { keys: ["Page Down", "Page Up"], text: () => T.change, group },
    { keys: ["Home"], text: () => T.first, group }, { keys: ["End"], text: () => T.now, group },
    { keys: ["Space"], text: () => T.play, group }, { keys: ["+", "−", "0"], text: () => T.zoom, group },
  );
}

/** Does what a key pressed on the thumb stands for. */
export function pressKey(event) {
  const act = acts[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act(event);
}
