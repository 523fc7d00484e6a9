import TwinEngine
import TwinExchange
import TwinGraph
import TwinLog
import TwinValues

extension VerbSpec {
  static let backup = VerbSpec(
    path: ["backup"],
    summary: Text("Copies the whole data folder into one file.", ko: "데이터 폴더 전체를 파일 하나로 복사합니다."),
    details: Text(
      "The file is a tar archive, packed and checksummed with zstd when its name ends in .zst.",
      ko: "tar 파일이며, 이름이 .zst로 끝나면 zstd로 압축하고 검사 합을 붙입니다."),
    arguments: [ArgumentSpec("FILE", Text("The file to make.", ko: "만들 파일."))],
    examples: [
      Example("nuri backup city.tar.zst", Text("Everything: forks and history too.", ko: "갈라진 세계와 이력까지 모두."))
    ],
    run: { invocation in
      let path = try invocation.required(0)
      let folder = invocation.dataFolder
      // Opening and closing brings the folder to rest; then it is held while it is read.
      try invocation.withEngine { _ in }
      let lock = try PosixDisk().lockFolder(folder)
      defer { lock.release() }
      let line = ProgressLine(
        invocation.terminal, Text("Backing up", ko: "백업 중")[invocation.terminal.language])
      defer { line.finish() }
      let progress = try FolderArchive(disk: PosixDisk()).write(folder, to: path) { line.update($0) }
      line.finish()
      let size = Quantity.bytes(progress.bytes)
      invocation.done(
        Text(
          "Backed up \(progress.records) files (\(size)) to \(path).",
          ko: "파일 \(progress.records)개(\(size))를 \(path)에 백업했습니다.")
      ) {
        $0.member("file", path)
        $0.member("files", progress.records)
      }
      return .success
    })

  static let restore = VerbSpec(
    path: ["restore"],
    summary: Text("Makes a data folder from a backup and checks it.", ko: "백업으로 데이터 폴더를 만들고 검사합니다."),
    arguments: [ArgumentSpec("FILE", Text("The backup.", ko: "백업 파일."))],
    examples: [
      Example("nuri restore city.tar.zst --data ./again", Text("Into a new folder.", ko: "새 폴더에."))
    ],
    run: { invocation in
      let path = try invocation.required(0)
      let folder = invocation.dataFolder
      let line = ProgressLine(
        invocation.terminal, Text("Restoring", ko: "복원 중")[invocation.terminal.language])
      defer { line.finish() }
      let progress = try FolderArchive(disk: PosixDisk()).read(path, into: folder) { line.update($0) }
      line.finish()
      return try invocation.withEngine { engine in
        let sequence = try engine.world().snapshot().sequence
        invocation.done(
          Text(
            "Restored \(progress.records) files to \(folder); the live world is at change \(sequence).",
            ko: "파일 \(progress.records)개를 \(folder)에 복원했습니다. live 세계는 변경 \(sequence)에 있습니다.")
        ) {
          $0.member("data", folder)
          $0.member("files", progress.records)
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
      Every change of every world is read and applied anew; the outcome must equal the state the world is in. \
      Every block of every checkpoint is checked.
      """,
      ko: """
        모든 세계의 모든 변경을 읽어 처음부터 다시 적용하고, 그 결과가 세계의 지금 상태와 같은지 봅니다. 체크포인트도 \
        모두 검사합니다.
        """),
    examples: [Example("nuri verify", Text("The whole folder.", ko: "폴더 전체."))],
    run: { invocation in
      try invocation.withEngine { engine in
        var faults: [String] = []
        var changes = 0
        for info in try engine.worlds() {
          var check = WorldCheck(info, engine, folder: invocation.dataFolder)
          check.run()
          changes += check.changes
          faults += check.faults.map { "\(info.name): \($0)" }
        }
        let worlds = try engine.worlds().count
        if !invocation.isJSON {
          for fault in faults { invocation.terminal.print(fault) }
        }
        let all = faults
        let total = Quantity.count(changes)
        invocation.done(
          Text(
            "Checked \(worlds) worlds with \(total) changes; \(faults.count) faults.",
            ko: "세계 \(worlds)개의 변경 \(total)개를 검사했습니다. 문제 \(faults.count)건.")
        ) { writer in
          writer.member("worlds", worlds)
          writer.member("changes", changes)
          writer.key("faults")
          writer.beginArray()
          for fault in all { writer.string(fault) }
          writer.endArray()
        }
        return faults.isEmpty ? .success : .damaged
      }
    })
}
