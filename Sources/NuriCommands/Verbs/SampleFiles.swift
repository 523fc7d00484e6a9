import TwinLog
import TwinModels
import TwinValues

/// A sample world's files: `sample.json` and what it names.
struct SampleFiles {
  let folder: String
  let world: String
  let hours: String
  let start: Instant
  let end: Instant
  let name: Text
  let attribution: String

  /// Finds a sample by name: in `--from`, in `$NURI_SAMPLES`, beside the program or above it, or here.
  init(_ name: String, _ invocation: Invocation) throws {
    guard let folder = Self.candidates(name, invocation).first(where: Self.isSample) else {
      throw CommandError(
        .notFound,
        Text("The files of the sample \"\(name)\" are not here.", ko: "예제 \"\(name)\"의 파일을 찾을 수 없습니다."),
        advice: Text(
          "Name the folder that holds them: --from Samples/\(name).",
          ko: "파일이 든 폴더를 알려 주세요: --from Samples/\(name)."))
    }
    let document = try JSONDocument(try invocation.read("\(folder)/sample.json"))
    let root = document.root
    func text(_ key: String) throws -> String {
      guard let text = root[key]?.string else {
        throw NuriError(.invalidValue, "sample.json lacks \"\(key)\".", at: "\(folder)/sample.json")
      }
      return text
    }
    self.folder = folder
    world = "\(folder)/\(try text("world"))"
    hours = "\(folder)/\(try text("hours"))"
    start = try Instant(try text("start"))
    end = try Instant(try text("end"))
    let english = root["displayName"]?["en"]?.string ?? name
    self.name = Text(english, ko: root["displayName"]?["ko"]?.string ?? english)
    attribution = root["attribution"]?.string ?? ""
  }

  private static func candidates(_ name: String, _ invocation: Invocation) -> [String] {
    if let from = invocation.value("from") { return [from, "\(from)/\(name)"] }
    let console = invocation.terminal.console
    var candidates: [String] = []
    if let folder = console.environment["NURI_SAMPLES"] { candidates.append("\(folder)/\(name)") }
    candidates.append("Samples/\(name)")
    var above = console.programPath?.split(separator: "/", omittingEmptySubsequences: false) ?? []
    while above.count > 1 {
      above.removeLast()
      candidates.append(above.joined(separator: "/") + "/Samples/\(name)")
      candidates.append(above.joined(separator: "/") + "/share/nuri/Samples/\(name)")
    }
    return candidates
  }

  private static func isSample(_ folder: String) -> Bool {
    let entries = (try? PosixDisk().list(folder)) ?? []
    return entries.contains { $0.name == "sample.json" }
  }
}
