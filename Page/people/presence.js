/** Who else is here: one WebSocket for the world that is looked at, which tells where everybody looks. @module */
import { hasRoute, request, worldPath } from "../core/api.js";
import { words } from "../core/i18n.js";
import { currentView, showView, viewKeys } from "../core/link.js";
import { notice } from "../core/notice.js";
import { store } from "../core/store.js";
import { shortName } from "./names.js";

const T = words({
  left: [(name) => `${name} has left. You look on by yourself.`, (name) => `${name} 님이 나갔습니다. 이제 혼자 봅니다.`],
});

const EVERY = 100;
const GRACE = 6000;
const AGAIN = 2000;
let socket = null;
let told = null;
let timer = null;
let gone = null;

/** Tells the others of this world where this page looks, and keeps `store.people` while somebody is signed in. */
export function startPresence() {
  store.on(["who", "world", "name"], join);
  store.on([...viewKeys, "leading"], () => {
    timer ??= setTimeout(tell, EVERY);
  });
  store.on(["following"], ({ following }) => {
    const person = store.state.people.find((each) => each.id === following?.id);
    if (person) goAlong(person.view);
  });
  join();
}

let attempt = 0;

async function join() {
  attempt += 1;
  const mine = attempt;
  tell();
  socket?.close();
  socket = null;
  store.set({ people: [] });
  const { who, world, name } = store.state;
  if (who === null) {
    store.set({ following: null, leading: false });
    return;
  }
  try {
    if (!(await hasRoute("GET", "/v1/worlds/{world}/presence"))) return;
    const { ticket } = await request("POST", "/v1/tickets");
    if (mine !== attempt) return;
    const address = new URL(worldPath(world, "presence"), location.origin);
    address.protocol = address.protocol.replace("http", "ws");
    address.searchParams.set("name", name || shortName(who.id));
    address.searchParams.set("ticket", ticket);
    connect(new WebSocket(address), mine);
  } catch {
    again(mine);
  }
}

function connect(opened, mine) {
  let you = null;
  opened.addEventListener("open", () => {
    socket = opened;
    told = null;
    tell();
  });
  opened.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    you = message.you ?? you;
    if (message.people) meet(message.people.filter(({ id }) => id !== you));
    else if (message.id !== you) seeMove(message);
  });
  opened.addEventListener("close", () => {
    if (mine !== attempt) return;
    socket = null;
    store.set({ people: [] });
    again(mine);
  });
}

function again(mine) {
  setTimeout(() => mine === attempt && store.state.who !== null && join(), AGAIN);
}

function meet(people) {
  store.set({ people });
  const { following } = store.state;
  if (following === null) return;
  const person = people.find(({ id }) => id === following.id)
    ?? people.find(({ name, principal }) => name === following.name && principal === following.principal);
  clearTimeout(gone);
  if (person === undefined) {
    gone = setTimeout(() => {
      notice(T.left(following.name));
      store.set({ following: null });
    }, GRACE);
  } else if (person.id !== following.id) {
    store.set({ following: { ...following, id: person.id } });
  } else {
    goAlong(person.view);
  }
}

function seeMove({ id, view }) {
  store.set({ people: store.state.people.map((each) => (each.id === id ? { ...each, view } : each)) });
  if (store.state.following?.id === id) goAlong(view);
}

function goAlong(view) {
  if (view) showView(view);
}

function tell() {
  clearTimeout(timer);
  timer = null;
  if (socket?.readyState !== WebSocket.OPEN) return;
  const { leading } = store.state;
  const text = JSON.stringify({ view: { ...currentView(), ...(leading ? { leading } : {}) } });
  if (text === told) return;
  told = text;
  socket.send(text);
}

/** Starts to go along with somebody. */
export function follow({ id, name, principal }) {
  store.set({ following: { id, name, principal }, leading: false });
}

/** Stops following. */
export function unfollow() {
  clearTimeout(gone);
  store.set({ following: null });
}
