import TwinLog
public import TwinValues

/// What file, environment and flags together say. The later of these three wins.
public struct SettingsReader: Sendable {
  /// Where a value came from.
  public enum Source: Sendable, Equatable, CustomStringConvertible {
    /// Nobody said anything.
    case standard
    /// The file, at a line.
    case file(String)
    /// A variable of the environment.
    case environment(String)
    /// A flag of the command.
    case flag(String)

    /// As text: `nuri.conf, line 3, column 5`.
    public var description: String {
      switch self {
      case .standard: "default"
      case .file(let place): place
      case .environment(let name): name
      case .flag(let name): "--\(name)"
      }
    }
  }

  /// The configuration as far as it could be read.
  public private(set) var configuration = ServerConfiguration()
  /// Where each setting's value came from, by name; those nobody set are missing.
  public private(set) var sources: [String: Source] = [:]
  /// Everything that is wrong, each with its place.
  public private(set) var errors: [NuriError] = []

  private var oddVariables: [String] = []

  /// What is legal and may still be a mistake, a sentence for each.
  public var warnings: [String] { RiskCheck.warnings(configuration) + oddVariables }

  /// Nothing read yet: the defaults.
  public init() {}

  /// Where a setting's value came from.
  public func source(of setting: Setting) -> Source { sources[setting.name] ?? .standard }

  /// Reads a file: one JSON object, names nested as their dots say.
  public mutating func read(file path: String) {
    do throws(NuriError) {
      let document = try JSONDocument(try PosixDisk().readFile(path, limit: 1 << 20))
      guard document.root.kind == .object else {
        throw NuriError(.invalidSetting, "The file must hold one JSON object.", at: document.root.place)
      }
      read(document.root, prefix: "", path)
    } catch {
      errors.append(error.place == path ? error : error.inside(path))
    }
  }

  private mutating func read(_ object: JSONNode, prefix: String, _ path: String) {
    for (key, value) in object.members {
      let name = prefix + key
      if let setting = Setting.named(name) {
        apply(setting, value, .file("\(path), \(value.place)")) { $0.inside(path) }
      } else if Setting.all.contains(where: { $0.name.hasPrefix(name + ".") }), value.kind == .object {
        read(value, prefix: name + ".", path)
      } else {
        errors.append(SettingsReader.unknown(name, at: "\(path), \(value.place)"))
      }
    }
  }

  /// Reads the variables that name settings, and warns of those that look like settings and are none.
  public mutating func read(environment: [String: String], ignoring others: Set<String>) {
    let variables = Dictionary(Setting.all.map { ($0.variable, $0) }) { first, _ in first }
    for (variable, text) in environment.sorted(by: { $0.key < $1.key }) where variable.hasPrefix("NURI_") {
      if let setting = variables[variable] {
        set(setting, text, .environment(variable), place: variable)
      } else if !others.contains(variable) {
        oddVariables.append("\(variable): the variable sets nothing; docs/server.md lists those that do.")
      }
    }
  }

  /// Takes what a flag says; `values` are several when the flag was given several times.
  public mutating func read(flag: String, values: [String], for setting: Setting) {
    if setting.kind == .texts || setting.name == "listen" {
      set(setting, values.joined(separator: ","), .flag(flag), place: "--\(flag)")
    } else {
      for value in values { set(setting, value, .flag(flag), place: "--\(flag)") }
    }
  }

  /// Takes a `name=value`.
  public mutating func read(assignment: String) {
    guard let equals = assignment.firstIndex(of: "=") else {
      errors.append(NuriError(.invalidSetting, "\"\(assignment)\" is not name=value.", at: "--set"))
      return
    }
    let name = String(assignment[..<equals])
    guard let setting = Setting.named(name) else {
      errors.append(SettingsReader.unknown(name, at: "--set"))
      return
    }
    set(setting, String(assignment[assignment.index(after: equals)...]), .flag("set \(name)"), place: "--set")
  }

  private mutating func set(_ setting: Setting, _ text: String, _ source: Source, place: String) {
    do throws(NuriError) {
      let document = try JSONDocument(SettingsReader.json(text, setting))
      apply(setting, document.root, source) { error in
        NuriError(error.code, error.message, at: place, advice: error.advice)
      }
    } catch {
      errors.append(NuriError(.invalidSetting, "\(setting.name): \(error.message)", at: place))
    }
  }

  private mutating func apply(
    _ setting: Setting, _ node: JSONNode, _ source: Source, _ placed: (NuriError) -> NuriError
  ) {
    do throws(NuriError) {
      try setting.read(node, &configuration)
      sources[setting.name] = source
    } catch {
      errors.append(placed(error))
    }
  }

  /// A text of the environment or a flag as JSON of the kind that the setting wants.
  private static func json(_ text: String, _ setting: Setting) -> String {
    switch setting.kind {
    case .flag: return ["": "true", "1": "true", "0": "false"][text] ?? text
    case .number: return text
    case .structure where text.hasPrefix("{") || text.hasPrefix("["): return text
    case .texts where text.hasPrefix("["): return text
    case .text, .choice: return quoted(text)
    case .structure where setting.name != "listen": return quoted(text)
    case .texts, .structure:
      let parts = text.split(separator: ",").map { part in
        quoted(String(part.drop { $0 == " " }))
      }
      return "[" + parts.joined(separator: ",") + "]"
    }
  }

  private static func quoted(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(text)
    return writer.text
  }

  private static func unknown(_ name: String, at place: String) -> NuriError {
    let last = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let near = Setting.all.first { $0.name.lowercased().hasSuffix(last) && !last.isEmpty }
    return NuriError(
      .invalidSetting, "There is no setting \"\(name)\".", at: place,
      advice: near.map { "Did you mean \($0.name)?" } ?? "docs/server.md lists the settings.")
  }
}
