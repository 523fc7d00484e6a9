public import TwinValues

/// One fault of a model.
public struct ModelError: Error, Equatable, Sendable {
  /// The rule that was broken, for programs: `missingRequired`, `notUnique` … (`docs/models.md` lists them).
  public let rule: ModelRule
  /// The model the fault is in, when it got that far.
  public let model: DTMI?
  /// The element inside the model: `contents/3/schema/fields/0`. Empty for the model itself.
  public let path: String
  /// What is wrong, as one sentence.
  public let message: String
  /// Line and column in the document, where known.
  public let place: String?
  /// What to do about it.
  public let advice: String?
}

extension ModelError: CustomStringConvertible {
  /// The fault as one line.
  public var description: String {
    var text = model.map { "\($0)" } ?? "document"
    if !path.isEmpty { text += " \(path)" }
    text += ": \(message) (\(rule.rawValue))"
    if let place { text += " [\(place)]" }
    if let advice { text += " \(advice)" }
    return text
  }
}

extension NuriError.Code {
  /// A model, or a set of models, that breaks a rule of DTDL.
  public static let invalidModel = Self("invalidModel")
  /// A model that is not in the set.
  public static let modelNotFound = Self("modelNotFound")
  /// A model that others need.
  public static let modelInUse = Self("modelInUse")
  /// A value that its schema does not allow.
  public static let invalidValue = Self("invalidValue")
}

/// Collects faults, up to a bound.
final class ModelFaults {
  /// Most faults kept of a set.
  static let maximum = 100

  private(set) var errors: [ModelError] = []
  /// How many were found, kept or not.
  private(set) var count = 0

  /// The documents of the batch, to turn byte offsets into lines.
  var documents: [JSONDocument] = []

  /// Adds a fault of a place in a document.
  func add(
    _ rule: ModelRule, _ message: @autoclosure () -> String, in model: String?, path: String = "",
    at node: JSONNode? = nil, advice: String? = nil
  ) {
    count += 1
    guard errors.count < Self.maximum else { return }
    errors.append(
      ModelError(
        rule: rule, model: model.map { DTMI(checked: $0) }, path: path, message: message(),
        place: node?.place,
        advice: advice))
  }

  /// Adds a fault of an element.
  func add(
    _ rule: ModelRule, _ message: @autoclosure () -> String, of element: ModelElement,
    property: String? = nil,
    advice: String? = nil
  ) {
    count += 1
    guard errors.count < Self.maximum else { return }
    var place: String?
    if documents.indices.contains(element.document) {
      let (line, column) = documents[element.document].lineAndColumn(ofByte: element.offset)
      place = "line \(line), column \(column)"
    }
    let path = property.map { element.path.isEmpty ? $0 : "\(element.path)/\($0)" } ?? element.path
    errors.append(
      ModelError(
        rule: rule, model: DTMI(checked: element.model), path: path, message: message(), place: place,
        advice: advice))
  }

  /// The faults as one error, or `nil` when there are none.
  var summary: NuriError? {
    guard let first = errors.first else { return nil }
    var text = count == 1 ? "The models have a fault: " : "The models have \(count) faults: "
    text += errors.prefix(8).map(\.description).joined(separator: "; ")
    if count > 8 { text += "; and \(count - 8) more" }
    return NuriError(.invalidModel, text, at: first.place, advice: first.advice)
  }
}
