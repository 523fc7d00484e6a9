import APIAzure
import Foundation
import Testing

/// A text file of cases, `Tests/Cases/azure/*.case`: requests to one fresh world, in order, and what must come of
/// each. docs/azure-api.md describes the form.
struct CaseFile: CustomTestStringConvertible, Sendable {
  let name: String
  private(set) var cases: [AzureCase] = []

  var testDescription: String { name }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Cases/azure")

  static func all() -> [CaseFile] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".case") }.sorted().compactMap { try? named($0) }
  }

  static func named(_ name: String) throws -> CaseFile {
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    return try CaseFile(name, text)
  }

  private init(_ name: String, _ text: String) throws {
    self.name = name
    var isAnswer = false
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = String(line)
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("use ") {
        cases += try Self.named(String(line.dropFirst(4))).cases
      } else if line.hasPrefix(">") {
        cases.append(AzureCase(file: name, line: number + 1, requestLine: line))
        isAnswer = false
      } else if line.hasPrefix("< ") {
        cases[cases.count - 1].statusLine = String(line.dropFirst(2))
        isAnswer = true
      } else if isAnswer {
        cases[cases.count - 1].answer.add(line)
      } else {
        cases[cases.count - 1].question.add(line)
      }
    }
  }
}

/// Headers and a body as they stand in a case.
struct CaseMessage: Sendable {
  private(set) var headers: [(name: String, value: String)] = []
  private(set) var body = ""

  /// A header, until the body begins: with a bracket, or with a bar before text as it is.
  mutating func add(_ line: String) {
    if body.isEmpty, !"[{|".contains(line.prefix(1)), let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      headers.append((String(line[..<colon]), value))
    } else {
      body += (body.isEmpty ? "" : "\n") + (line.hasPrefix("|") ? String(line.dropFirst()) : line)
    }
  }
}

/// A request and what must come of it.
struct AzureCase: Sendable {
  let file: String
  let line: Int
  /// `> METHOD target`, or `>> METHOD target` to send the target without adding a version.
  let requestLine: String
  /// A status code, and the error code for an error.
  var statusLine = ""
  var question = CaseMessage()
  var answer = CaseMessage()

  var place: String { "\(file):\(line)" }
  var status: Int { Int(statusLine.prefix(3)) ?? 0 }
  var errorCode: String? {
    let code = statusLine.dropFirst(3).trimmingCharacters(in: .whitespaces)
    return code.isEmpty ? nil : code
  }

  func request(_ bindings: Bindings) -> AzureRequest {
    let words = requestLine.drop { $0 == ">" }.split(separator: " ", maxSplits: 1)
    let target = bindings.filled(String(words.last ?? ""))
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var query = parts.count > 1 ? String(parts[1]) : ""
    if !requestLine.hasPrefix(">>"), !query.contains("api-version=") {
      query = "api-version=2023-10-31" + (query.isEmpty ? "" : "&\(query)")
    }
    return AzureRequest(
      method: String(words.first ?? ""), path: String(parts.first ?? ""), query: query,
      headers: question.headers.map { ($0.name, bindings.filled($0.value)) },
      body: Array(bindings.filled(question.body).utf8), origin: "https://nuri.test")
  }

  /// Holds an answer against what must come, and binds the names in it.
  func check(_ response: AzureResponse, _ bindings: inout Bindings) {
    #expect(response.status == status, "\(place): \(response.status) \(response.text)")
    if let errorCode {
      #expect(response.header("x-ms-error-code") == errorCode, "\(place): \(response.text)")
      let code = try? response.json().root["error"]?["code"]?.string
      #expect(code == errorCode, "\(place): \(response.text)")
    }
    if status == 204 { #expect(response.body.isEmpty, "\(place)") }
    for (name, pattern) in answer.headers {
      let value = response.header(name) ?? ""
      let fits = bindings.match(value, pattern)
      #expect(fits, "\(place): \(name) is \(value), not \(pattern)")
    }
    guard !answer.body.isEmpty else { return }
    do {
      if let fault = try JSONPattern.fault(try response.json().root, answer.body, &bindings) {
        Issue.record("\(place): \(fault) in \(response.text)")
      }
    } catch {
      Issue.record("\(place): the answer or its pattern is not JSON, \(error): \(response.text)")
    }
  }
}
