/** Moving the twins of a model to another one: first what that would do, then doing it. @module */
import { request, worldPath } from "../core/api.js";
import { openForm } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { number, text } from "../core/format.js";
import { displayName, words } from "../core/i18n.js";
import { failed, notice } from "../core/notice.js";
import { latest, store } from "../core/store.js";
import { chooser } from "./picks.js";

const T = words({
  title: [(name) => `Move the twins of "${name}" to another model`, (name) => `"${name}" 트윈을 다른 모델로 옮기기`],
  to: ["To the model", "옮길 모델"],
  live: ["This is the live world: everybody sees the move at once. Try it in a fork first.",
    "실제 세계입니다. 옮기면 모두에게 바로 보입니다. 먼저 갈라 낸 세계에서 시험해 보세요."],
  nobody: ["No twin has this model.", "이 모델의 트윈이 없습니다."],
  fit: [(n) => `All ${n} twins fit as they are.`, (n) => `트윈 ${n}개가 모두 그대로 맞습니다.`],
  broken: [(n, all) => `${n} of ${all} twins don't fit as they are:`,
    (n, all) => `트윈 ${all}개 가운데 ${n}개가 그대로는 맞지 않습니다.`],
  drop: ["Let go of the values that have no place there", "자리가 없는 값은 버리기"],
  stuck: ["Relationships that the new model does not allow have to be removed by hand first.",
    "새 모델이 허용하지 않는 관계는 먼저 직접 없애야 합니다."],
  more: [(n) => `… and ${n} more`, (n) => `… 외 ${n}개`],
  differ: ["How the models differ", "두 모델의 차이"],
  same: ["They have the same contents.", "내용이 같습니다."],
  twin: ["Twin", "트윈"],
  what: ["What", "대상"],
  value: ["Value", "값"],
  why: ["Why", "이유"],
  undeclared: ["not in the new model", "새 모델에 없음"],
  breaks: ["values don't fit", "값이 맞지 않음"],
  added: ["added", "추가됨"],
  removed: ["removed", "없어짐"],
  property: ["property", "속성"],
  relationship: ["relationship", "관계"],
  component: ["component", "구성 요소"],
  telemetry: ["telemetry", "원격 측정"],
  command: ["command", "명령"],
  move: ["Move them", "옮기기"],
  moved: [(n, name) => `${n} twins are of “${name}” now.`, (n, name) => `트윈 ${n}개가 이제 “${name}” 모델입니다.`],
});

const MOST = 100;

/** Opens the window that says what moving the twins of a model would do, and does it; then `reload` is called. */
export function openMigration(models, from, reload) {
  const { world } = store.state;
  const ask = (body) => request("POST", worldPath(world, "migrations"), { body: { from, to: to.value(), ...body } });
  const preview = latest(async () => {
    const found = await ask({ preview: true });
    const losses = found.moves.flatMap((move) => move.losses);
    const isStuck = losses.some((loss) => !loss.canBeDropped);
    drop.checked = false;
    const act = () => {
      go().disabled = found.twins === 0 || isStuck || (found.broken > 0 && !drop.checked);
    };
    drop.onchange = act;
    act();
    const dropping = losses.length > 0 && !isStuck && h("label", { class: "row" }, drop, h("span", {}, () => T.drop));
    fill(answer, told(found, isStuck, dropping));
  }, failed);
  const to = chooser(() => T.to, preview);
  const drop = h("input", { type: "checkbox", name: "drop" });
  const answer = h("div", { class: "migration", role: "status" });
  const others = models.items.filter((item) => item.id !== from && !item.decommissioned);
  const version = others.findLast((item) => item.id.split(";")[0] === from.split(";")[0]);
  to.set(others.map((item) => ({ value: item.id, label: `${models.name(item.id)} (${item.id})` })), version?.id);
  const dialog = openForm({
    title: () => T.title(models.name(from)),
    body: [world === "live" && h("p", { class: "warning" }, () => T.live), to.element, answer],
    yes: () => T.move,
    async act() {
      const { twins } = await ask({ drop: drop.checked });
      notice(T.moved(number(twins), models.name(to.value())));
      await reload();
    },
  });
  dialog.classList.add("roomy");
  const go = () => dialog.querySelector("[type=submit]");
  go().disabled = true;
  preview();
}

function told({ twins, broken, differences, moves }, isStuck, dropping) {
  const rows = moves.flatMap(({ twin, losses }) => losses.map((loss) => [twin, loss.path, text(loss.value),
    loss.reason === "not declared" ? T.undeclared : loss.reason]));
  const count = twins === 0 ? T.nobody
    : broken === 0 ? T.fit(number(twins)) : T.broken(number(broken), number(twins));
  return [h("p", {}, h("strong", {}, count)),
    rows.length > 0 && table([T.twin, T.what, T.value, T.why], rows),
    dropping, isStuck && h("p", { class: "warning" }, T.stuck),
    h("h3", {}, T.differ),
    differences.length === 0 ? h("p", { class: "quiet-text" }, T.same)
      : table(null, differences.map(({ part, name, change, breaksData }) => [displayName(name, name), T[part] ?? part,
        T[change] ?? change, breaksData ? `⚠ ${T.breaks}` : ""]))];
}

function table(heads, rows) {
  return [h("table", {}, heads && h("thead", {}, h("tr", {}, heads.map((each) => h("th", { scope: "col" }, each)))),
    h("tbody", {}, rows.slice(0, MOST).map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell)))))),
  rows.length > MOST && h("p", { class: "quiet-text" }, T.more(number(rows.length - MOST)))];
}
