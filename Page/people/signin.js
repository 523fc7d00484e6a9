/** The sign-in: what there is of the page as long as nobody is signed in. @module */
import { get, hasToken } from "../core/api.js";
import { byId, fill, h } from "../core/dom.js";
import { words } from "../core/i18n.js";
import { signIn, signInElsewhere, takeSignIn } from "../core/session.js";
import { store } from "../core/store.js";
import { drawing } from "./drawing.js";
import { languageChoice, themeChoice } from "./preferences.js";

const T = words({
  title: ["Sign in", "로그인"],
  motto: [
    "A live model of the real world that you can rewind, fork and run.",
    "되감고, 갈라 보고, 돌려 볼 수 있는 살아 있는 세계 모델.",
  ],
  key: ["Key", "키"],
  show: ["Show", "보기"],
  hide: ["Hide", "숨기기"],
  enter: ["Sign in", "로그인"],
  entering: ["Signing in…", "로그인하는 중…"],
  or: ["or", "또는"],
  issuer: [(name) => `Sign in with ${name}`, (name) => `${name}(으)로 로그인`],
  missing: ["Enter a key.", "키를 입력하세요."],
  wrong: [
    "The server does not know this key. It may be mistyped, revoked or expired.",
    "서버가 모르는 키입니다. 잘못 입력했거나, 폐지되었거나, 만료된 키일 수 있습니다.",
  ],
  tooOften: ["Too many attempts. Wait a minute and try again.", "시도가 너무 많았습니다. 1분 뒤에 다시 해 보세요."],
  unreachable: [
    "The server does not answer. The page tries again by itself.",
    "서버가 응답하지 않습니다. 페이지가 저절로 다시 시도합니다.",
  ],
  ended: [
    "You were signed out: what you signed in with was revoked or has expired. Sign in again to go on where you were.",
    "로그인이 만료되었거나 폐지되어 로그아웃되었습니다. 다시 로그인하면 보던 화면으로 돌아갑니다.",
  ],
  roleless: [
    "You are known, but have no role on this server yet. Ask an administrator for one, then sign in again.",
    "확인되었지만 이 서버에서 맡은 역할이 아직 없습니다. 관리자에게 역할을 요청한 뒤 다시 로그인하세요.",
  ],
  expired: [
    "The sign-in took longer than ten minutes, or was begun in another browser. Begin it again.",
    "로그인이 10분을 넘겼거나 다른 브라우저에서 시작되었습니다. 다시 시작하세요.",
  ],
  refused: [
    "The sign-in was refused or called off. Try again, or ask whoever runs that sign-in to let you in.",
    "로그인이 거부되었거나 취소되었습니다. 다시 해 보거나, 그 로그인을 운영하는 곳에 허용을 요청하세요.",
  ],
  noIssuer: [
    "That sign-in can't be reached just now, or answers amiss. Try again in a while; "
      + "if it stays so, tell an administrator.",
    "지금은 그 로그인 서비스에 연결할 수 없거나 응답이 잘못되었습니다. 잠시 뒤 다시 해 보고, "
      + "계속되면 관리자에게 알리세요.",
  ],
  invalid: [
    "You signed in there, but this server does not accept what it says about you. "
      + "An administrator can see why in the log.",
    "그곳에는 로그인했지만, 그곳에서 알려 온 내용을 이 서버가 받아들이지 않습니다. "
      + "관리자가 로그에서 이유를 볼 수 있습니다.",
  ],
  where: ["Where do I find the first key?", "첫 번째 키는 어디에 있나요?"],
  whereServe: ["prints it when it starts for the first time", "처음 시작할 때 출력합니다"],
  whereStart: ["keeps it in the file", "다음 파일에 둡니다"],
  whereOther: [
    "Everybody else gets a key from an administrator of this server.",
    "그 밖의 사람은 이 서버의 관리자에게서 키를 받습니다.",
  ],
});

const rest = ["skip", "top", "layers", "city", "dock", "rail", "time"];

/** What a sign-in elsewhere may have come to, and the text for it. */
const failures = { expired: "expired", refused: "refused", unreachable: "noIssuer", invalid: "invalid" };

/** Stands before the page while nobody is signed in. Called first, so that nobody waits for the page's parts. */
export function startSignIn() {
  let failure = failures[takeSignIn()];
  const view = makeView();
  const show = ({ who, session }) => {
    const isShown = who === null && (session !== "starting" || !hasToken());
    for (const id of rest) byId(id).inert = isShown;
    if (who !== null) failure = undefined;
    if (!isShown) return view.element.remove();
    if (!view.element.isConnected) {
      document.body.append(view.element);
      view.open();
    }
    const why = ["ended", "roleless", "unreachable"].find((each) => each === session) ?? failure;
    view.say(why ? () => T[why] : null);
  };
  store.on(["who", "session"], show);
  show(store.state);
}

function makeView() {
  const field = h("input", {
    id: "signin-key", name: "key", type: "password", autocomplete: "current-password", spellcheck: "false",
    "aria-describedby": "signin-message", placeholder: "nuri_…",
  });
  const message = h("p", { id: "signin-message", class: "signin-message", role: "alert" });
  const enter = h("button", { class: "primary", type: "submit" }, () => T.enter);
  const issuers = h("div", { class: "signin-issuers" });
  const say = (text) => {
    fill(message, text);
    field.removeAttribute("aria-invalid");
  };
  const form = h("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      const key = field.value.trim();
      const problem = key === "" ? () => T.missing : await attempt(key, enter);
      if (problem === null) {
        field.value = "";
        return;
      }
      say(problem);
      field.setAttribute("aria-invalid", "true");
      field.focus();
    },
  }, h("h1", { id: "signin-title" }, () => T.title),
  h("label", { for: "signin-key" }, () => T.key), h("div", { class: "signin-field" }, field, reveal(field)),
  message, enter, issuers, where());
  const element = h("main", { id: "signin", "aria-labelledby": "signin-title" },
    h("div", { class: "signin-art" }, drawing(),
      h("p", { class: "signin-brand" },
        h("img", { src: "/page/icon.svg", alt: "", width: "34", height: "34" }), "Nuri"),
      h("p", { class: "signin-motto" }, () => T.motto)),
    h("div", { class: "signin-form" }, form,
      h("div", { class: "row signin-choices" }, languageChoice(), themeChoice())));
  const open = () => {
    field.focus();
    offerIssuers(issuers);
  };
  return { element, say, open };
}

/** Tries a key; gives the text of what is wrong, or null. */
async function attempt(key, button) {
  button.disabled = true;
  fill(button, () => T.entering);
  try {
    await signIn(key);
    return null;
  } catch (error) {
    if (error.status === 401) return () => T.wrong;
    if (error.status === 429) return () => T.tooOften;
    return error.status ? () => error.message : () => T.unreachable;
  } finally {
    button.disabled = false;
    fill(button, () => T.enter);
  }
}

function reveal(field) {
  const button = h("button", {
    class: "quiet", type: "button", "aria-pressed": "false",
    onclick: () => {
      field.type = field.type === "password" ? "text" : "password";
      const isShown = field.type === "text";
      button.setAttribute("aria-pressed", String(isShown));
      fill(button, () => (isShown ? T.hide : T.show));
    },
  }, () => T.show);
  return button;
}

function where() {
  return h("details", { class: "signin-where" }, h("summary", {}, () => T.where),
    h("ul", {},
      h("li", {}, h("code", {}, "nuri serve"), " ", () => T.whereServe),
      h("li", {}, h("code", {}, "scripts/start"), " ", () => T.whereStart, " ",
        h("code", {}, "nuri-data/admin.key"))),
    h("p", { class: "quiet-text" }, () => T.whereOther));
}

async function offerIssuers(element) {
  const found = await get("/v1/signin").catch(() => ({ issuers: [] }));
  if (found.issuers.length === 0) return fill(element);
  return fill(element, h("p", { class: "signin-or" }, () => T.or), found.issuers.map((issuer) => h("button", {
    type: "button",
    onclick: () => signInElsewhere(issuer.start),
  }, () => T.issuer(issuer.name))));
}
