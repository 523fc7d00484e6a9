import TwinEngine
import TwinLog
import TwinValues

extension VerbSpec {
  static let backup = VerbSpec(
    path: ["backup"],
    summary: Text("Copies the whole data folder, and checks the copy.", ko: "데이터 폴더 전체를 복사하고 사본을 검사합니다."),
    arguments: [ArgumentSpec("DIR", Text("A new or empty folder.", ko: "새 폴더나 빈 폴더."))],
    examples: [
      Example("nuri backup ./city-backup", Text("Everything: forks and history too.", ko: "갈라진 세계와 이력까지 모두."))
    ],
    run: { invocation in
      let target = try invocation.required(0)
      let report = try invocation.withEngine { try $0.backup(to: target) }
      let size = Quantity.bytes(Int64(report.bytes))
      invocation.done(
        Text(
          "Copied \(Quantity.english(report.files, "file")) (\(size)) to \(target).",
          ko: "파일 \(report.files)개(\(size))를 \(target)에 복사했습니다.")
      ) {
        $0.member("backup", target)
        $0.member("files", report.files)
        $0.member("bytes", report.bytes)
      }
      return .success
    })

  static let restore = VerbSpec(
    path: ["restore"],
    summary: Text(
      "Makes a data folder from a backup, every file checked.", ko: "백업의 모든 파일을 검사하며 데이터 폴더를 만듭니다."),
    arguments: [ArgumentSpec("DIR", Text("The backup.", ko: "백업 폴더."))],
    examples: [
      Example("nuri restore ./city-backup --data ./again", Text("Into a new folder.", ko: "새 폴더에."))
    ],
    run: { invocation in
      let folder = invocation.dataFolder
      let report = try Engine.restore(from: try invocation.required(0), to: folder)
      return try invocation.withEngine { engine in
        let sequence = try engine.world().snapshot().sequence
        invocation.done(
          Text(
            "Restored \(Quantity.english(report.files, "file")) to \(folder); the live world is at change \(sequence).",
            ko: "파일 \(report.files)개를 \(folder)에 복원했습니다. live 세계는 변경 \(sequence)에 있습니다.")
        ) {
          $0.member("data", folder)
          $0.member("files", report.files)
          $0.member("sequence", sequence)
        }
        return .success
      }
    })

  static let verify = VerbSpec(
    path: ["verify"],
    summary: Text("Reads everything again and checks it.", ko: "모든 것을 다시 읽어 검사합니다."),
    details: Text(
      """
      Every byte of every log and checkpoint is checked; then every change is applied anew, and the outcome must \
      equal the checkpoints and the forks' states. Of a backup, every file is compared with its list.
      """,
      ko: """
        모든 로그와 체크포인트를 한 바이트도 빠짐없이 검사하고, 모든 변경을 처음부터 다시 적용해 체크포인트나 갈라진 세계의 \
        상태와 같은지 봅니다. 백업이면 모든 파일을 목록과 견줍니다.
        """),
    arguments: [
      ArgumentSpec("BACKUP", Text("A backup to check instead.", ko: "대신 검사할 백업."), count: .optional)
    ],
    examples: [
      Example("nuri verify", Text("The data folder.", ko: "데이터 폴더.")),
      Example("nuri verify ./city-backup", Text("A backup.", ko: "백업.")),
    ],
    run: { invocation in
      if let backup = invocation.argument(0) { return try verifyBackup(backup, invocation) }
      var check = try FolderCheck(invocation.dataFolder)
      if check.faults.isEmpty { try invocation.withEngine { try check.checkForks($0) } }
      let found = check
      if !invocation.isJSON { invocation.terminal.print(lines: found.faults) }
      let total = Quantity.count(found.changes)
      invocation.done(
        Text(
          "Checked \(Quantity.english(found.worlds, "world")) with \(total) changes; \(Quantity.english(found.faults.count, "fault")).",
          ko: "세계 \(found.worlds)개의 변경 \(total)개를 검사했습니다. 문제 \(found.faults.count)건.")
      ) { writer in
        writer.member("worlds", found.worlds)
        writer.member("changes", found.changes)
        writer.key("faults")
        writer.beginArray()
        for fault in found.faults { writer.string(fault) }
        writer.endArray()
      }
      return found.faults.isEmpty ? .success : .damaged
    })

  private static func verifyBackup(_ backup: String, _ invocation: Invocation) throws -> ExitCode {
    let faults = try BackupCopy.verify(disk: PosixDisk(), directory: backup).map(\.description)
    if !invocation.isJSON { invocation.terminal.print(lines: faults) }
    invocation.done(
      Text(
        "Compared every file of \(backup) with its list; \(Quantity.english(faults.count, "fault")).",
        ko: "\(backup)의 모든 파일을 목록과 견주었습니다. 문제 \(faults.count)건.")
    ) { writer in
      writer.member("backup", backup)
      writer.key("faults")
      writer.beginArray()
      for fault in faults { writer.string(fault) }
      writer.endArray()
    }
    return faults.isEmpty ? .success : .damaged
  }
}
