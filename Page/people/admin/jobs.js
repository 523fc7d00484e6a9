/** Jobs: imports, deletions and backups, how far they have come, and a new backup. @module */
import { get, request } from "../../core/api.js";
import { field } from "../../core/dialog.js";
import { fill, h } from "../../core/dom.js";
import { emptyState } from "../../core/empty.js";
import { number } from "../../core/format.js";
import { words } from "../../core/i18n.js";
import { failed } from "../../core/notice.js";
import { may } from "../../core/session.js";
import { principalName } from "../names.js";
import { everything, mark, table, when } from "./table.js";

const T = words({
  jobs: ["Jobs", "작업"],
  intro: ["What takes longer than a request: imports, deletions, backups.", "요청 하나보다 오래 걸리는 일: 가져오기, 삭제, 백업."],
  kind: ["Kind", "종류"],
  all: ["all", "전체"],
  job: ["Job", "작업"],
  status: ["State", "상태"],
  progress: ["Progress", "진행"],
  by: ["By", "누가"],
  started: ["Started", "시작"],
  actions: ["Actions", "동작"],
  cancel: ["Cancel", "취소"],
  forget: ["Remove from the list", "목록에서 지우기"],
  backup: ["Make a backup", "백업 만들기"],
  name: ["Name", "이름"],
  nameHint: ["made of the time when empty", "비우면 시각으로 짓습니다"],
  where: ["Backups go beside the data folder; nuri restore brings one back.",
    "백업은 데이터 폴더 옆에 놓입니다. nuri restore로 되살립니다."],
  of: [(done, total) => `${done} of ${total}`, (done, total) => `${total} 중 ${done}`],
  notstarted: ["waiting", "대기"],
  running: ["running", "실행 중"],
  cancelling: ["stopping", "멈추는 중"],
  cancelled: ["cancelled", "취소됨"],
  failed: ["failed", "실패"],
  succeeded: ["done", "완료"],
  none: ["No jobs", "작업이 없습니다"],
  noneText: ["Imports, deletions in bulk and backups show their progress here while they run.",
    "가져오기, 대량 삭제, 백업이 도는 동안 여기서 진행을 볼 수 있습니다."],
});

const marks = {
  notstarted: "quiet", running: "busy", cancelling: "busy", cancelled: "quiet", failed: "bad", succeeded: "good",
};
const isOver = ({ status }) => ["cancelled", "failed", "succeeded"].includes(status);
let list;
let kind;
let maker;
let timer = null;

/** @type {import("./index.js").Part} */
export const jobsPart = {
  id: "jobs", title: () => T.jobs, action: "write",
  mount: (element) => {
    list = h("div", { "aria-live": "polite" });
    kind = h("select", { name: "kind", onchange: () => load().catch(failed) });
    maker = h("div", {});
    fill(element, h("p", { class: "quiet-text" }, () => T.intro), maker,
      h("div", { class: "filters" }, field(() => T.kind, kind)), list);
  },
  show: async () => {
    fill(maker, may("admin") && backupForm());
    await load();
  },
  hide: () => clearTimeout(timer),
};

function backupForm() {
  const name = h("input", { name: "name", maxlength: "64", autocomplete: "off" });
  return h("form", {
    class: "card filters",
    onsubmit: (event) => {
      event.preventDefault();
      const body = name.value.trim() === "" ? {} : { name: name.value.trim() };
      request("POST", "/v1/backups", { body }).then(() => {
        name.value = "";
        return load();
      }).catch(failed);
    },
  }, field(() => T.name, name, () => T.nameHint),
  h("button", { type: "submit", class: "primary" }, () => T.backup),
  h("p", { class: "quiet-text wide" }, () => T.where));
}

async function load() {
  clearTimeout(timer);
  const { items } = await everything(get, "/v1/jobs");
  const kinds = [...new Set(items.map((job) => job.kind))].sort();
  const chosen = kind.value;
  fill(kind, h("option", { value: "" }, () => T.all), kinds.map((each) => h("option", { value: each }, each)));
  kind.value = kinds.includes(chosen) ? chosen : "";
  const shown = items.filter((job) => kind.value === "" || job.kind === kind.value).reverse();
  fill(list, shown.length === 0 ? emptyState(() => T.none, () => T.noneText)
    : table(() => T.jobs, columns(), shown));
  const isBusy = items.some((job) => !isOver(job));
  if (isBusy && list.isConnected) timer = setTimeout(() => load().catch(failed), 1000);
}

function columns() {
  return [
    { title: () => T.job, cell: (job) => [
      h("div", {}, job.kind), h("code", { class: "quiet-text" }, job.id)] },
    { title: () => T.status, cell: (job) => [mark(marks[job.status], () => T[job.status]),
      job.failure && h("div", { class: "problem" }, job.failure.message)] },
    { title: () => T.progress, cell: progress },
    { title: () => T.by, cell: (job) => () => principalName(job.actor) },
    { title: () => T.started, cell: (job) => when(job.created) },
    { title: () => T.actions, cell: (job) => h("button", {
      type: "button", class: "small", disabled: job.status === "cancelling",
      onclick: () => end(job).catch(failed),
    }, () => (isOver(job) ? T.forget : T.cancel)) },
  ];
}

function progress(job) {
  const { done, total } = job.progress;
  if (total === 0) return isOver(job) ? "–" : h("progress", { "aria-label": () => T.progress });
  return h("div", { class: "progress" },
    h("progress", { max: String(total), value: String(done), "aria-label": () => T.progress }),
    h("span", { class: "quiet-text" }, () => T.of(number(done), number(total))));
}

async function end(job) {
  const path = `/v1/jobs/${encodeURIComponent(job.kind)}/${encodeURIComponent(job.id)}`;
  const query = { world: job.world };
  if (isOver(job)) await request("DELETE", path, { query });
  else await request("POST", `${path}/cancel`, { query });
  await load();
}
