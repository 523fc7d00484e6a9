public import TwinModels
import TwinValues

/// Where each property of one model lives: a flat list of columns.
///
/// A property of a component is a column of its own, named `component.property`; a property whose schema is an
/// object, map, array or geometry is one column of JSON.
public final class TableLayout: Sendable {
  /// One column's place in the model.
  public struct Field: Sendable {
    /// `property` or `component.property`.
    public let path: String
    /// The component's name, when the property belongs to one.
    public let component: String?
    /// The property's own name.
    public let name: String
    /// What values are allowed; `nil` once the model was deleted.
    public let schema: Schema?
    /// How they are stored.
    public let kind: ColumnKind
    /// String values of an enum stored by index; empty for other kinds.
    public let choices: [String]
  }

  /// The model's DTMI.
  public let model: String
  /// The model itself; `nil` once it was deleted.
  public let interface: Interface?
  /// Columns, in the order of the model's flattened properties, then of its components'.
  public let fields: [Field]
  /// Names of the model's components.
  public let components: [String]
  /// The keys of the columns' properties in JSON, quoted, one behind the other, and where each ends.
  private let keyText: [UInt8]
  private let keyEnds: [Int]
  /// The columns of the model's own properties.
  let ownColumns: [Int]
  /// The columns of each component's properties, as `components` numbers them.
  let componentColumns: [[Int]]
  /// Numbers the paths as `fields` does.
  private let paths: NameTable

  init(model: String, interface: Interface?, fields: [Field], components: [String]) {
    self.model = model
    self.interface = interface
    self.fields = fields
    self.components = components
    var keyText: [UInt8] = []
    keyEnds = fields.map {
      keyText += JSONWriter.quoted(key: $0.name)
      return keyText.count
    }
    self.keyText = keyText
    func columns(of component: String?) -> [Int] {
      fields.indices.filter { fields[$0].component == component }
    }
    ownColumns = columns(of: nil)
    componentColumns = components.map(columns)
    var paths = NameTable()
    for field in fields { field.path.withBytes { paths.insert($0) } }
    self.paths = paths
  }

  /// Whether the model was deleted. Twins it left behind can be read, deleted, linked to, and moved to another model;
  /// their properties and outgoing relationships can't be written, as there is nothing to check them against.
  public var isOrphaned: Bool { interface == nil }

  /// What is left once the model is deleted.
  var orphaned: TableLayout {
    TableLayout(
      model: model, interface: nil,
      fields: fields.map {
        Field(
          path: $0.path, component: $0.component, name: $0.name, schema: nil, kind: $0.kind,
          choices: $0.choices)
      }, components: components)
  }

  /// Whether columns of the one fit the other.
  func isLaidOut(like other: TableLayout) -> Bool {
    components == other.components && fingerprint == other.fingerprint
  }

  /// The error of a write that the model would have to allow.
  var orphanedError: NuriError {
    NuriError(
      .modelNotFound, "The twin's model \(model) was deleted.",
      advice: "Add the model again, or give the twin another one.")
  }

  /// The column of a path such as `temperature` or `thermostat.temperature`.
  public func column(_ path: String) -> Int? { path.withBytes { paths.find($0) } }

  /// The columns of a component's properties, or of the model's own.
  func columns(of component: String?) -> [Int] {
    guard let component else { return ownColumns }
    return components.firstIndex(of: component).map { componentColumns[$0] } ?? []
  }

  /// Calls `body` with the keys of the columns' properties. To hold them all at once, and not each for itself, matters
  /// where many threads write twins of one model.
  func withKeys(_ body: (Keys) -> Void) {
    keyText.withUnsafeBufferPointer { text in
      keyEnds.withUnsafeBufferPointer { body(Keys(text: text, ends: $0)) }
    }
  }

  /// The keys of the columns' properties in JSON, quoted.
  struct Keys {
    fileprivate let text: UnsafeBufferPointer<UInt8>
    fileprivate let ends: UnsafeBufferPointer<Int>

    subscript(column: Int) -> UnsafeBufferPointer<UInt8> {
      UnsafeBufferPointer(rebasing: text[(column > 0 ? ends[column - 1] : 0)..<ends[column]])
    }
  }

  /// The column of a path in UTF-8.
  func column(_ path: UnsafeBufferPointer<UInt8>) -> Int? { paths.find(path) }
}
