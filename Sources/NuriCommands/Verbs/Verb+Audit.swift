import TwinEngine
import TwinIdentity
import TwinLog
import TwinValues

// These read the audit's files alone: a server that holds the data folder is not in their way.

extension VerbSpec {
  static let auditVerify = VerbSpec(
    path: ["audit", "verify"],
    summary: Text(
      "Checks that nothing of the audit was removed, changed or cut.",
      ko: "감사 기록에서 지워지거나 바뀌거나 잘린 것이 없는지 검사합니다."),
    details: Text(
      """
      Works while a server runs. Whoever can write the data folder can put back an older copy of the whole log; that \
      shows only against a head kept elsewhere: see `nuri audit head`. Answers 5 when something is wrong.
      """,
      ko: """
        서버가 도는 동안에도 됩니다. 데이터 폴더에 쓸 수 있는 사람은 기록 전체를 옛것으로 되돌릴 수 있고, 그것은 다른 곳에 둔 \
        머리와 견주어야만 드러납니다(`nuri audit head`). 문제가 있으면 5로 끝납니다.
        """),
    options: [
      .value("head", "FILE", Text("A head kept elsewhere.", ko: "다른 곳에 둔 머리.")),
      .value("key", "FILE", Text("The public key, kept elsewhere.", ko: "다른 곳에 둔 공개 키.")),
    ],
    examples: [
      Example("nuri audit verify", Text("Against the head beside the log.", ko: "기록 옆의 머리와 견줍니다.")),
      Example(
        "nuri audit verify --head last-week.json --key audit.pem",
        Text("Against what another machine kept.", ko: "다른 기계가 지닌 것과 견줍니다.")),
    ],
    run: { invocation in
      let head = try invocation.value("head").map { path throws in
        try AuditHead(String(decoding: invocation.read(path, limit: 64 << 10), as: UTF8.self))
      }
      let key = try invocation.value("key").map { path throws in
        try Ed25519.PublicKey(pem: String(decoding: invocation.read(path, limit: 64 << 10), as: UTF8.self))
      }
      let report = try AuditVerifier.verify(invocation.auditFolder, expectedHead: head, publicKey: key)
      if !invocation.isJSON { invocation.terminal.print(lines: report.faults.map(\.description)) }
      invocation.done(AuditText.verdict(report)) { AuditText.write(report, into: &$0) }
      return report.isWhole ? .success : .damaged
    })

  static let auditList = VerbSpec(
    path: ["audit", "list"],
    summary: Text("Shows who did what, newest first.", ko: "누가 무엇을 했는지 최근 것부터 보여 줍니다."),
    options: [
      .value("limit", "N", Text("How many; 20 if left out.", ko: "개수. 없으면 20.")),
      .value("principal", "NAME", Text("By this key, user or device.", ko: "이 키, 사람, 장치가 한 일.")),
      .value(
        "action", "NAME", Text("This action, or its part before the dot.", ko: "이 동작, 또는 점 앞부분.")),
      .value("world", "NAME", Text("About this world.", ko: "이 세계에 한 일.")),
      .value("target", "ID", Text("About this twin, key or policy.", ko: "이 트윈, 키, 정책에 한 일.")),
      .choice(
        "outcome", AuditEntry.Outcome.allCases.map(\.rawValue), Text("What came of it.", ko: "결과.")),
      .value("from", "INSTANT", Text("From this instant on.", ko: "이 시각부터.")),
      .value("to", "INSTANT", Text("Before this instant.", ko: "이 시각 전까지.")),
      .flag("oldest-first", Text("The other way round.", ko: "오래된 것부터.")),
    ],
    examples: [
      Example(
        "nuri audit list --action key --outcome refused",
        Text("Who was refused a change of keys.", ko: "키를 바꾸려다 거절된 일."))
    ],
    run: { invocation in
      let entries = try invocation.auditEntries()
      if invocation.isJSON {
        for entry in entries { invocation.printJSON { entry.write(into: &$0) } }
      } else {
        invocation.terminal.print(AuditText.table(entries, invocation.terminal.language))
      }
      return .success
    })

  static let auditHead = VerbSpec(
    path: ["audit", "head"],
    summary: Text(
      "Prints the newest signed head of the audit, to keep elsewhere.", ko: "감사 기록의 서명된 머리를 출력합니다. 다른 곳에 두세요."
    ),
    details: Text(
      """
      A head says which hash the last entry has. Kept where whoever runs this machine can't change it, it shows later \
      that everything up to it is still there and unchanged.
      """,
      ko: "머리는 마지막 항목의 해시를 말합니다. 이 기계를 다루는 사람이 바꿀 수 없는 곳에 두면, 거기까지의 기록이 그대로인지 나중에 드러납니다."),
    examples: [
      Example("nuri audit head > head.json", Text("A line to keep elsewhere.", ko: "다른 곳에 둘 한 줄."))
    ],
    run: { invocation in
      guard let head = try AuditReader(invocation.auditFolder).head() else {
        throw NuriError(
          .fileMissing, "The audit log has no signed head yet.", at: invocation.auditFolder,
          advice: "A server signs one when it starts.")
      }
      invocation.terminal.print(head.text)
      return .success
    })

  static let auditKey = VerbSpec(
    path: ["audit", "key"],
    summary: Text(
      "Prints the public key that checks the audit's signatures.", ko: "감사 기록의 서명을 확인하는 공개 키를 출력합니다."),
    examples: [
      Example("nuri audit key > audit.pem", Text("Keep it elsewhere too.", ko: "이것도 다른 곳에 두세요."))
    ],
    run: { invocation in
      let pem = try AuditReader(invocation.auditFolder).publicKeyPEM()
      if invocation.isJSON {
        invocation.printJSON { writer in
          writer.beginObject()
          writer.member("publicKey", pem)
          writer.endObject()
        }
      } else {
        invocation.terminal.print(bytes: Array(pem.utf8))
      }
      return .success
    })
}

extension Invocation {
  /// Where the data folder's audit lies.
  fileprivate var auditFolder: String { AuditLog.folder(in: dataFolder) }

  /// The entries that the options ask for.
  fileprivate func auditEntries() throws -> [AuditEntry] {
    let limit = try number("limit", default: 20, in: 1...1_000_000)
    var filter = AuditFilter()
    filter.principal = value("principal")
    filter.action = value("action")
    filter.world = value("world")
    filter.target = value("target")
    filter.outcome = value("outcome").flatMap(AuditEntry.Outcome.init)
    filter.from = try instant("from")
    filter.until = try instant("to")
    let reader = AuditReader(auditFolder)
    var entries: [AuditEntry] = []
    var from: UInt64?
    repeat {
      let page = try reader.entries(
        from: from, limit: min(limit - entries.count, AuditLimits.pageEntries),
        newestFirst: !has("oldest-first"), filter: filter)
      entries += page.entries
      from = page.next
    } while from != nil && entries.count < limit
    return entries
  }
}

/// The audit in words.
enum AuditText {
  static func verdict(_ report: AuditReport) -> Text {
    let range = report.entries == 0 ? "" : " (\(report.first) to \(report.last))"
    let korean = report.entries == 0 ? "" : "(\(report.first)–\(report.last))"
    let unsigned = report.unsigned == 0 ? "" : " \(count(report.unsigned)) at the end not signed yet."
    let koreanUnsigned = report.unsigned == 0 ? "" : " 끝의 \(report.unsigned)개는 아직 서명되지 않았습니다."
    let signatures = Quantity.english(Int(clamping: report.signatures), "signature")
    return Text(
      "Checked \(count(report.entries))\(range) and \(signatures); "
        + "\(Quantity.english(report.faultCount, "fault")).\(unsigned)",
      ko: "항목 \(report.entries)개\(korean)와 서명 \(report.signatures)개를 검사했습니다. "
        + "문제 \(report.faultCount)건.\(koreanUnsigned)")
  }

  private static func count(_ entries: UInt64) -> String {
    "\(Quantity.count(entries)) \(entries == 1 ? "entry" : "entries")"
  }

  static func write(_ report: AuditReport, into writer: inout JSONWriter) {
    writer.member("entries", report.entries)
    writer.member("first", report.first)
    writer.member("last", report.last)
    writer.member("hash", report.hash.hex)
    writer.member("signatures", report.signatures)
    writer.member("unsigned", report.unsigned)
    writer.member("unfinishedBytes", report.unfinishedBytes)
    writer.member("faultCount", report.faultCount)
    writer.key("faults")
    writer.beginArray()
    for fault in report.faults {
      writer.beginObject()
      writer.member("code", fault.code.rawValue)
      writer.member("message", fault.message)
      writer.member("place", fault.place)
      writer.endObject()
    }
    writer.endArray()
  }

  static func table(_ entries: [AuditEntry], _ language: Language) -> TextTable {
    var table = TextTable([
      "#" + Text("entry", ko: "항목")[language], Text("time", ko: "시각")[language],
      Text("who", ko: "누가")[language], Text("from", ko: "어디서")[language],
      Text("action", ko: "동작")[language], Text("world", ko: "세계")[language],
      Text("target", ko: "대상")[language], Text("outcome", ko: "결과")[language],
      Text("why", ko: "왜")[language],
    ])
    for entry in entries {
      let outcome = entry.code.isEmpty ? entry.outcome.rawValue : "\(entry.outcome.rawValue) (\(entry.code))"
      table.add([
        String(entry.number), entry.time.description, entry.principal, entry.address, entry.action,
        entry.world, entry.target, outcome, entry.cause,
      ])
    }
    return table
  }
}
