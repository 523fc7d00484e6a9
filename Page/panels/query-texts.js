/** Queries to begin with, and those that were asked in this tab. @module */
import { words } from "../core/i18n.js";
import { store } from "../core/store.js";
import { sides } from "./sides.js";

const T = words({
  models: ["How many twins of each model", "모델별 트윈 수"],
  recent: ["What changed last", "가장 최근에 바뀐 것"],
  relations: ["How many relationships of each name", "이름별 관계 수"],
  busiest: ["Where most relationships lead", "관계가 가장 많이 향하는 곳"],
  differ: ["What differs between two worlds", "두 세계의 차이"],
});

const samples = {
  models: "SELECT T.$metadata.$model AS model, COUNT() AS twins\nFROM DIGITALTWINS T\n" +
    "GROUP BY T.$metadata.$model\nORDER BY twins DESC",
  recent: "SELECT T.$dtId, T.name, T.$metadata.$lastUpdateTime AS changed\nFROM DIGITALTWINS T\n" +
    "ORDER BY T.$metadata.$lastUpdateTime DESC\nLIMIT 100",
  relations: "SELECT R.$relationshipName AS name, COUNT() AS relationships\nFROM RELATIONSHIPS R\n" +
    "GROUP BY R.$relationshipName\nORDER BY relationships DESC",
  busiest: "SELECT R.$targetId, COUNT() AS incoming\nFROM RELATIONSHIPS R\nGROUP BY R.$targetId\n" +
    "ORDER BY incoming DESC\nLIMIT 50",
};
const kept = "nuri.queries";
const mostKept = 30;

/** The query that stands in the editor at first: the last one that was asked. */
export function firstText() {
  return asked()[0] ?? samples.models;
}

/** Queries to begin with, as options of a list. */
export function examples() {
  const all = Object.entries(samples).map(([key, value]) => ({ value, label: T[key] }));
  const [mine, theirs = mine] = sides();
  const side = ({ world, at }) => `WORLD '${world}'${at === null ? "" : ` AS OF '${at}'`}`;
  return store.state.other === null ? all : [...all, { label: T.differ, value:
    `SELECT D.kind, D.id, D.property, D.old, D.new\nFROM DIFF(${side(mine)}, ${side(theirs)}) D` }];
}

/** What was asked in this tab, newest first, as options of a list. */
export function history() {
  return asked().map((value) => ({ value, label: value.replaceAll(/\s+/g, " ").slice(0, 70) }));
}

/** Keeps a query for as long as the tab is open. */
export function remember(text) {
  const all = [text, ...asked().filter((each) => each !== text)];
  sessionStorage.setItem(kept, JSON.stringify(all.slice(0, mostKept)));
}

function asked() {
  return JSON.parse(sessionStorage.getItem(kept) ?? "[]");
}
