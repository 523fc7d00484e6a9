import Testing
import TwinModels
import TwinValues

/// Holds our verdicts against a public corpus of DTDL cases (Digital Twin Consortium DTDLParser, MIT).
@Suite struct CorpusTests {
  /// Our verdict on one case, and what the corpus says.
  struct Verdict {
    let name: String
    let expected: Bool
    let actual: Bool
    let reason: String
  }

  @Test func agreesWithThePublicCorpus() throws {
    guard let root = SharedData.root, SharedData.isFolder("\(root)/dtdl-cases") else {
      return print("DTDL corpus: skipped, no shared data beside the checkout.")
    }
    var total = 0
    var agreeing = 0
    for folder in ["specification", "generated", "doc-examples", "solecisms", "dtmis"] {
      var cases = 0
      var deviations: [Verdict] = []
      for path in SharedData.jsonFiles(below: "\(root)/dtdl-cases/\(folder)") {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let verdicts = try judge(SharedData.read(path), name: name)
        cases += verdicts.count
        deviations += verdicts.filter { $0.expected != $0.actual }
      }
      print("DTDL corpus: \(folder) \(cases - deviations.count) of \(cases)")
      for item in deviations {
        print("  deviates: \(item.name), expected \(item.expected ? "valid" : "invalid") \(item.reason)")
      }
      total += cases
      agreeing += cases - deviations.count
    }
    let share = Double(agreeing) / Double(max(total, 1)) * 100
    print("DTDL corpus: \(agreeing) of \(total) verdicts agree, \(share) %")
    #expect(share >= 99)
  }

  private func judge(_ bytes: [UInt8], name: String) throws -> [Verdict] {
    let document = try JSONDocument(bytes)
    let cases = document.root.kind == .array ? Array(document.root.elements) : [document.root]
    return try cases.enumerated().map { index, node in
      try judge(node, name: cases.count > 1 ? "\(name)[\(index)]" : name)
    }
  }

  private func judge(_ node: JSONNode, name: String) throws -> Verdict {
    let expected = node["valid"]?.bool ?? false
    if let text = node["idText"]?.string {
      let isRight = DTMI.isValid(text) && expected ? try partsAgree(DTMI(text), node["expect"]) : true
      return Verdict(name: name, expected: expected, actual: DTMI.isValid(text) && isRight, reason: text)
    }
    var options = ModelOptions()
    for option in node["options"]?.elements.compactMap(\.string) ?? [] {
      if option == "AllowUndefinedExtensions" { options.undefinedExtensions = .allow }
      if option == "DisallowUndefinedExtensions" { options.undefinedExtensions = .refuse }
    }
    for quirk in node["quirks"]?.elements.compactMap(\.string) ?? [] {
      if quirk == "TolerateSolecismsInParse" { options.toleratesSolecisms = true }
      if quirk == "TolerateSolecismsInResolve" { options.toleratesSolecismsInResolved = true }
    }
    if let maximum = node["maxDtdlVersion"]?.int64, let version = DTDLVersion(rawValue: Int(maximum)) {
      options.maximumVersion = version
    }
    options.acceptedLimits =
      try node["acceptableLimits"]?.elements.compactMap { try $0.string.map { try DTMI($0) } } ?? []
    let inputs = node["input"]?.elements.map { Array($0.sourceText.utf8) } ?? []
    let answers = node["resolution"].map { Array($0.elements) } ?? []
    do throws(NuriError) {
      let set = try ModelSet.empty.adding(inputs, options: options) { wanted in
        for answer in answers where answer["request"]?.elements.compactMap(\.string) == wanted.map(\.text) {
          return answer["response"]?.elements.map { Array($0.sourceText.utf8) }
        }
        return nil
      }
      return Verdict(name: name, expected: expected, actual: true, reason: "\(set.count) models")
    } catch {
      return Verdict(
        name: name, expected: expected, actual: false, reason: String(error.description.prefix(400)))
    }
  }

  /// Whether the parts of an identifier are those that the corpus names.
  private func partsAgree(_ id: DTMI, _ parts: JSONNode?) -> Bool {
    parts?["MajorVersion"]?.int64 == Int64(id.majorVersion)
      && parts?["MinorVersion"]?.int64 == Int64(id.minorVersion)
      && parts?["Versionless"]?.string == id.versionless && parts?["Fragment"]?.string == id.fragment
      && parts?["IsReserved"]?.bool == id.isReserved
      && parts?["Labels"]?.elements.compactMap(\.string) == id.labels
  }

  @Test func valuesConformAsInThePublicCorpus() throws {
    guard let root = SharedData.root, SharedData.isFolder("\(root)/dtdl-cases") else {
      return print("DTDL values: skipped, no shared data beside the checkout.")
    }
    var total = 0
    var agreeing = 0
    for path in SharedData.jsonFiles(below: "\(root)/dtdl-cases/generated") {
      let node = try JSONDocument(SharedData.read(path)).root
      guard let instances = node["instances"] else { continue }
      let set = try ModelSet.empty.adding(node["input"]?.elements.map { Array($0.sourceText.utf8) } ?? [])
      for instance in instances.elements {
        guard let conforms = instance["conforms"]?.bool, let text = instance["submit"]?.string,
          let subject = instance["subject"]?.string
        else { continue }
        total += 1
        let schema = schema(subject, in: set)
        let actual = schema.map { accepts($0, text) }
        if actual == conforms {
          agreeing += 1
        } else {
          let name = path.split(separator: "/").last ?? ""
          print(
            "  deviates: \(name) \(subject) \(text) expected \(conforms), is \(actual.map { "\($0)" } ?? "unknown")"
          )
        }
      }
    }
    print("DTDL values: \(agreeing) of \(total) verdicts agree")
    #expect(agreeing * 100 >= total * 99)
  }

  private func schema(_ id: String, in set: ModelSet) -> Schema? {
    let schemas = set.interfaces.flatMap { model in
      model.schemas + model.properties.map(\.schema) + model.telemetry.map(\.schema)
    }
    if let found = schemas.first(where: { $0.id?.text == id }) { return found }
    let name = id.prefix { $0 != ";" }.split(separator: ":").last.map(String.init) ?? ""
    return PrimitiveSchema(rawValue: name).map { .primitive($0) }
  }

  private func accepts(_ schema: Schema, _ text: String) -> Bool {
    guard let document = try? JSONDocument(text) else { return false }
    guard let value = try? schema.value(from: document.root, at: "") else { return false }
    return (try? schema.check(value, at: "")) != nil
  }
}
