/// The one table of verbs, in the order that help lists them.
enum VerbTable {
  static let all: [VerbSpec] = [
    .demo, .sample, .initialise,
    .modelAdd, .modelList, .modelShow, .modelValidate, .modelMigrate, .modelDecommission, .modelDelete,
    .importFile, .exportFile, .replay,
    .query,
    .twinGet, .twinCreate, .twinSet, .twinDelete, .twinHistory,
    .relationshipList, .relationshipSet, .relationshipDelete,
    .fork, .worlds, .label, .diff, .promote, .discard,
    .keyCreate, .keyList, .keyRevoke, .policyList, .policyPut, .policyDelete, .policyTest,
    .backup, .restore, .verify, .bench,
    .auditVerify, .auditList, .auditHead, .auditKey,
    .serve, .configCheck, .completion,
  ]

  static let global: [OptionSpec] = [
    .value(
      "data", "DIR",
      Text(
        "The data folder; otherwise $NURI_DATA, otherwise ./nuri-data.",
        ko: "데이터 폴더. 없으면 $NURI_DATA, 그것도 없으면 ./nuri-data.")),
    .flag("json", Text("Answers for machines: JSON, or one JSON value a line.", ko: "기계를 위한 JSON으로 답합니다.")),
    .choice("lang", Language.allCases.map(\.rawValue), Text("The language of messages.", ko: "메시지의 언어.")),
    .flag("quiet", Text("Says nothing but results and errors.", ko: "결과와 오류만 말합니다.")),
    .flag("no-color", Text("No colours, even on a terminal.", ko: "터미널에서도 색을 쓰지 않습니다.")),
    .flag("help", Text("Shows help.", ko: "도움말을 보여 줍니다.")),
  ]
}

extension OptionSpec {
  static let world = OptionSpec.value(
    "world", "NAME", Text("The world; live if left out.", ko: "세계. 없으면 live."))
  static let asOf = OptionSpec.value(
    "as-of", "WHEN",
    Text(
      "As it was at an instant (2018-05-15T09:00:00+09:00) or after a change (#1234).",
      ko: "어느 시각(2018-05-15T09:00:00+09:00)이나 변경(#1234) 직후의 모습."))
  static let observed = OptionSpec.value(
    "observed", "INSTANT", Text("When the source says it happened.", ko: "출처가 말하는 발생 시각."))
  static let reason = OptionSpec.value(
    "reason", "TEXT", Text("Why, kept with the change.", ko: "변경과 함께 남길 이유."))
}
