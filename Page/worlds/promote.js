/** Bringing a fork into its parent: first what it would do, then doing it. @module */
import { request, worldPath } from "../core/api.js";
import { openDialog, openForm } from "../core/dialog.js";
import { words } from "../core/i18n.js";
import { fill, h, refresh } from "../core/dom.js";
import { number, text } from "../core/format.js";
import { notice } from "../core/notice.js";
import { openPanel } from "../core/panels.js";
import { store } from "../core/store.js";
import { nameOfWorld } from "./list.js";

const T = words({
  title: [(a, b) => `Promote “${a}” into “${b}”`, (a, b) => `“${a}”을(를) “${b}”에 반영`],
  nothing: ["There is nothing to bring over: nothing was changed in it.", "반영할 것이 없습니다. 바뀐 것이 없습니다."],
  count: [(n) => (n === "1" ? "One change:" : `${n} changes, together or not at all:`), (n) => `변경 ${n}건을 한꺼번에 반영합니다.`],
  more: [(n) => `… and ${n} more`, (n) => `… 외 ${n}건`],
  conflicts: [(n) => `${n} ${n === "1" ? "conflict" : "conflicts"}: both sides changed the same since the fork.`, (n) => `충돌 ${n}건: 갈라진 뒤 양쪽에서 모두 바뀌었습니다.`],
  clean: ["No conflicts.", "충돌이 없습니다."],
  what: ["What", "대상"],
  base: ["At the fork", "갈라질 때"],
  mine: ["Here", "여기"],
  theirs: ["In the parent", "부모 세계"],
  policy: ["Where both changed", "양쪽이 바꾼 곳"],
  refuse: ["do nothing at all", "아무것도 하지 않음"],
  useMine: ["take the value from here", "여기 값을 씀"],
  useTheirs: ["keep the parent's value", "부모 세계의 값을 둠"],
  go: ["Promote", "반영"],
  done: [(n, world) => `${n} ${n === "1" ? "change is" : "changes are"} in “${world}” now.`, (n, world) => `변경 ${n}건이 “${world}”에 반영되었습니다.`],
  look: ["Look", "보기"],
  putTwin: ["put", "생성·교체"],
  patchTwin: ["changed", "변경"],
  deleteTwin: ["deleted", "삭제"],
  putRelationship: ["relationship put", "관계 생성"],
  deleteRelationship: ["relationship deleted", "관계 삭제"],
  forbidden: [
    "A policy does not let you see everything that was changed here, or change it in the other world. "
      + "Half a fork is no fork, so nothing is promoted. Ask somebody who may to promote it.",
    "정책 때문에 여기서 바뀐 것을 다 볼 수 없거나 상대 세계에서 바꿀 수 없습니다. "
      + "일부만 반영할 수는 없으므로 아무것도 반영하지 않습니다. 권한이 있는 사람에게 반영을 부탁하세요.",
  ],
});

const MOST = 60;

/** Shows what promoting a fork would do, and does it once that is confirmed. */
export async function openPromotion(fork) {
  const title = () => T.title(nameOfWorld(fork.name), nameOfWorld(fork.parent));
  let found;
  try {
    found = await promote(fork, { preview: true });
  } catch (error) {
    if (error.status !== 403) throw error;
    openDialog(title, h("p", { id: "promote-refused" }, error.message));
    return;
  }
  if (found.changeCount === 0 && found.conflictCount === 0) {
    openDialog(title, h("p", {}, () => T.nothing));
    return;
  }
  const preview = h("div", { class: "promotion" });
  const policy = h("select", { name: "conflicts", id: "promote-policy", onchange: () => again() },
    h("option", { value: "refuse" }, () => T.refuse), h("option", { value: "mine" }, () => T.useMine),
    h("option", { value: "theirs" }, () => T.useTheirs));
  const draw = (answer) => {
    fill(preview, h("p", {}, () => T.count(number(answer.changeCount))), changesOf(answer));
    refresh(preview);
  };
  async function again() {
    const body = { preview: true, conflicts: policy.value };
    draw(await promote(fork, body));
  }
  draw(found);
  openForm({
    title,
    wide: true,
    yes: () => T.go,
    body: [preview, found.conflictCount === 0 ? h("p", { class: "quiet-text" }, () => T.clean)
      : [conflictsOf(found), h("label", { class: "field" }, h("span", { class: "field-name" }, () => T.policy), policy)]],
    async act() {
      const answer = await promote(fork, { conflicts: policy.value });
      notice(T.done(number(answer.changeCount), nameOfWorld(fork.parent)), "info", { label: T.look, act: () => {
        store.set({ world: found.target, other: fork.name, otherAt: "same", at: null });
        openPanel("difference");
      } });
    },
  });
}

/** Promotes, or says what that would do; a refusal in words of the page. */
async function promote(fork, body) {
  try {
    return await request("POST", worldPath(fork.name, "promote"), { body });
  } catch (error) {
    if (error.status === 403) error.message = T.forbidden;
    throw error;
  }
}

function changesOf({ changes, changeCount }) {
  const rows = changes.slice(0, MOST).map((each) => h("tr", {},
    h("th", { scope: "row" }, each.twin ?? each.relationship ?? each.id ?? "–"),
    h("td", {}, () => T[each.kind] ?? each.kind),
    h("td", {}, Object.entries(each.properties ?? {}).map(([path, value]) => h("div", {}, `${path}: ${short(value)}`)),
      each.target && `${each.name} → ${each.target}`)));
  return [h("table", { class: "promotion-changes" }, h("tbody", {}, rows)),
    changeCount > MOST && h("p", { class: "quiet-text" }, () => T.more(number(changeCount - MOST)))];
}

function conflictsOf({ conflicts, conflictCount }) {
  const heads = [() => T.what, () => T.base, () => T.mine, () => T.theirs];
  return h("div", { class: "warning" },
    h("p", {}, () => T.conflicts(number(conflictCount))),
    h("table", { id: "conflicts" },
      h("thead", {}, h("tr", {}, heads.map((each) => h("th", { scope: "col" }, each)))),
      h("tbody", {}, conflicts.slice(0, MOST).map((each) => h("tr", { title: each.text },
        h("th", { scope: "row" }, [each.id, each.path].filter(Boolean).join(" · ")),
        h("td", {}, short(each.base)), h("td", {}, short(each.mine)), h("td", {}, short(each.theirs)))))));
}

function short(value) {
  const whole = text(value);
  return whole.length > 70 ? `${whole.slice(0, 69)}…` : whole;
}
