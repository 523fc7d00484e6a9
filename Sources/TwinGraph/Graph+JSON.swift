import TwinModels
public import TwinValues

/// Twins and relationships as JSON, in the shape of the Azure Digital Twins API.
extension Graph {
  /// Writes a twin: `$dtId`, `$etag`, properties, components, and `$metadata` with update times.
  public func writeTwin(_ twin: TwinRef, into writer: inout JSONWriter) {
    let record = state.twins[Int(twin.slot)]
    state.tables[record.table].prefetch(Int(record.row))
    let layout = state.tables[record.table].layout
    writer.beginObject()
    writer.key(quoted: Key.id)
    withId(of: twin) { writer.string(utf8: $0) }
    writer.key(quoted: Key.etag)
    writer.string(ETag.text(sequence(of: twin)))
    writeFields(twin, layout, component: nil, into: &writer)
    for component in layout.components where shows(twin, component) {
      writer.key(component)
      writer.beginObject()
      writeFields(twin, layout, component: component, into: &writer)
      writer.key(quoted: Key.metadata)
      writeMetadata(twin, layout, component: component, into: &writer)
      writer.endObject()
    }
    writer.key(quoted: Key.metadata)
    writeMetadata(twin, layout, component: nil, into: &writer)
    writer.endObject()
  }

  /// Whether a component of a twin is seen: its twin and, when it has properties, one of them.
  public func shows(_ twin: TwinRef, _ component: String) -> Bool {
    guard let lens else { return true }
    let record = state.twins[Int(twin.slot)]
    return lens.table(record.table)?.shows(Int(record.row), component: component) ?? false
  }

  private func writeFields(
    _ twin: TwinRef, _ layout: TableLayout, component: String?, into writer: inout JSONWriter
  ) {
    let record = state.twins[Int(twin.slot)]
    let table = state.tables[record.table]
    layout.withKeys { keys in
      table.columns.withUnsafeBufferPointer { columns in
        for column in layout.columns(of: component) {
          if let lens, !lens.sees(record, column: column) { continue }
          columns[column].write(Int(record.row), key: keys[column], into: &writer)
        }
      }
    }
  }

  /// Writes what `$metadata` holds: the model (at the top only) and when each property was last written.
  public func writeMetadata(
    _ twin: TwinRef, _ layout: TableLayout, component: String?, into writer: inout JSONWriter
  ) {
    writer.beginObject()
    if component == nil {
      writer.key(quoted: Key.model)
      writer.string(layout.model)
    }
    let record = state.twins[Int(twin.slot)]
    let table = state.tables[record.table]
    writer.key(quoted: Key.updated)
    writer.instant(updated(twin))
    layout.withKeys { keys in
      table.columns.withUnsafeBufferPointer { columns in
        for column in layout.columns(of: component) {
          if let lens, !lens.sees(record, column: column) { continue }
          guard let milliseconds = columns[column].time(Int(record.row)) else { continue }
          writer.key(quoted: keys[column])
          writer.beginObject()
          writer.key(quoted: Key.valueUpdated)
          writer.instant(Instant(microseconds: milliseconds * 1000))
          writer.endObject()
        }
      }
    }
    writer.endObject()
  }

  /// Keys of every twin, as they are written.
  private enum Key {
    static var id: StaticString { "\"$dtId\":" }
    static var etag: StaticString { "\"$etag\":" }
    static var metadata: StaticString { "\"$metadata\":" }
    static var model: StaticString { "\"$model\":" }
    static var updated: StaticString { "\"$lastUpdateTime\":" }
    static var valueUpdated: StaticString { "\"lastUpdateTime\":" }
  }

  /// Writes one component of a twin; `false` when the model has no such component.
  public func writeComponent(_ name: String, of twin: TwinRef, into writer: inout JSONWriter) -> Bool {
    let layout = layout(of: twin)
    guard layout.components.contains(name), shows(twin, name) else { return false }
    writer.beginObject()
    writeFields(twin, layout, component: name, into: &writer)
    writer.key(quoted: Key.metadata)
    writeMetadata(twin, layout, component: name, into: &writer)
    writer.endObject()
    return true
  }

  /// Writes a relationship: ids, name, `$etag`, properties.
  public func writeRelationship(_ relationship: RelationshipRef, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("$relationshipId")
    writer.string(id(of: relationship))
    writer.key("$sourceId")
    writer.string(id(of: source(of: relationship)))
    writer.key("$targetId")
    writer.string(id(of: target(of: relationship)))
    writer.key("$relationshipName")
    writer.string(name(of: relationship))
    writer.key(quoted: Key.etag)
    writer.string(ETag.text(sequence(of: relationship)))
    let properties = properties(of: relationship)
    if properties.count > 2 {
      // A compact JSON object: its members go between ours.
      writer.splice(members: properties)
    }
    writer.endObject()
  }
}

/// ETags: weak, and naming the change that last touched the thing.
public enum ETag {
  /// The ETag of a sequence: `W/"1f3"`.
  public static func text(_ sequence: UInt64) -> String {
    let digits = max(1, (67 - sequence.leadingZeroBitCount) / 4)
    return String(unsafeUninitializedCapacity: digits + 4) { bytes in
      bytes[0] = UInt8(ascii: "W")
      bytes[1] = UInt8(ascii: "/")
      bytes[2] = UInt8(ascii: "\"")
      for index in 0..<digits {
        let digit = UInt8(truncatingIfNeeded: sequence >> UInt64(4 * (digits - 1 - index))) & 15
        bytes[3 + index] = digit < 10 ? 48 + digit : 87 + digit
      }
      bytes[digits + 3] = UInt8(ascii: "\"")
      return digits + 4
    }
  }

  /// The sequence an ETag names.
  public static func sequence(_ text: String) -> UInt64? {
    guard text.hasPrefix("W/\""), text.hasSuffix("\""), text.utf8.count > 4 else { return nil }
    return UInt64(text.dropFirst(3).dropLast(), radix: 16)
  }
}

extension Graph {
  /// Reads a twin in the API's shape into a change, its values checked against its model.
  ///
  /// `$etag`, update times and unknown `$…` members are passed over, as Azure's import does.
  /// - Parameter id: the twin's id, when it does not stand in the document.
  /// - Throws: `NuriError` that names the twin and the member.
  public mutating func twinChange(from node: JSONNode, id: String? = nil) throws(NuriError) -> Change {
    guard node.kind == .object else {
      throw NuriError(.invalidValue, "A twin is a JSON object.", at: node.place)
    }
    guard let id = id ?? node["$dtId"]?.string else {
      throw NuriError(.invalidValue, "A twin needs a \"$dtId\".", at: node.place)
    }
    guard let model = node["$metadata"]?["$model"]?.string else {
      throw NuriError(
        .invalidValue, "A twin needs its model in \"$metadata\": {\"$model\": …}.", at: "twin \(id)")
    }
    do throws(NuriError) {
      let index = try tableForWriting(model)
      let layout = state.tables[index].layout
      var edits: [PropertyEdit] = []
      edits.reserveCapacity(node.count)
      for (key, value) in node.memberNodes where !key.isSystemKey {
        if let column = layout.column(ofMember: key) {
          edits.append(try layout.edit(column, value))
        } else {
          try rareEdits(key.string ?? "", value, layout, &edits)
        }
      }
      return .putTwin(id: id, model: model, properties: edits)
    } catch {
      throw error.inside("twin \(id)")
    }
  }

  /// Edits from a member that names no property of the twin itself.
  private func rareEdits(
    _ name: String, _ value: JSONNode, _ layout: TableLayout, _ edits: inout [PropertyEdit]
  ) throws(NuriError) {
    if layout.components.contains(name) {
      try componentEdits(value, name, layout, &edits)
    } else if name.utf8.contains(UInt8(ascii: ".")) {
      // The path of a component's property is no member: it stands inside its component.
      throw NuriError(
        .propertyNotDeclared, "The model \(layout.model) declares no property \"\(name)\".", at: value.place)
    } else {
      edits.append(try layout.edit(name, value))
    }
  }

  private func componentEdits(
    _ node: JSONNode, _ component: String, _ layout: TableLayout, _ edits: inout [PropertyEdit]
  ) throws(NuriError) {
    guard node.kind == .object else {
      throw NuriError(.invalidValue, "The component \"\(component)\" is a JSON object.", at: node.place)
    }
    for (key, value) in node.memberNodes where !key.isSystemKey {
      edits.append(try layout.edit("\(component).\(key.string ?? "")", value))
    }
  }

  /// Reads a relationship in the API's shape into a change.
  /// - Throws: `NuriError` that names the relationship and the member.
  public func relationshipChange(
    from node: JSONNode, source: String? = nil, id: String? = nil
  ) throws(NuriError) -> Change {
    guard node.kind == .object else {
      throw NuriError(.invalidValue, "A relationship is a JSON object.", at: node.place)
    }
    func text(_ key: String, given: String? = nil) throws(NuriError) -> String {
      guard let value = given ?? node[key]?.string else {
        throw NuriError(.invalidValue, "A relationship needs a \"\(key)\".", at: node.place)
      }
      return value
    }
    // Azure's import files name the source "$dtId".
    let source = try text("$sourceId", given: source ?? node["$sourceId"]?.string ?? node["$dtId"]?.string)
    let id = try text("$relationshipId", given: id)
    var writer = JSONWriter()
    writer.beginObject()
    for (key, value) in node.memberNodes where !key.isSystemKey {
      writer.key(key.string ?? "")
      writer.node(value)
    }
    writer.endObject()
    return .putRelationship(
      source: source, id: id, name: try text("$relationshipName"), target: try text("$targetId"),
      properties: writer.bytes.count > 2 ? writer.bytes : [])
  }
}

extension TableLayout {
  /// An edit from a JSON value; `null` takes the property away.
  /// - Throws: `NuriError` when the property is not declared or the value does not fit its schema.
  public func edit(_ path: String, _ node: JSONNode) throws(NuriError) -> PropertyEdit {
    guard let column = column(path) else {
      throw NuriError(
        .propertyNotDeclared, "The model \(model) declares no property \"\(path)\".", at: node.place,
        advice: nearest(to: path).map { "Did you mean \"\($0)\"?" })
    }
    return try edit(column, node)
  }

  /// An edit of a column; it shares the column's path instead of making a string for it.
  fileprivate func edit(_ column: Int, _ node: JSONNode) throws(NuriError) -> PropertyEdit {
    let path = fields[column].path
    guard let schema = fields[column].schema else { throw orphanedError }
    if node.isNull { return PropertyEdit(path, nil) }
    return PropertyEdit(path, try schema.value(from: node, at: path))
  }

  /// The column of a property of the twin itself (not of a component) whose name is the key.
  fileprivate func column(ofMember key: JSONNode) -> Int? {
    guard let column = key.withUTF8({ self.column($0) }) ?? nil, fields[column].component == nil
    else { return nil }
    return column
  }
}

extension Column {
  /// Writes a row's value as a member, when it has one. Inlined, it would count references to what it reads.
  @inline(never)
  fileprivate func write(_ row: Int, key: UnsafeBufferPointer<UInt8>, into writer: inout JSONWriter) {
    guard let page = page(of: row), page.isPresent(row & 127) else { return }
    let i = row & 127
    writer.key(quoted: key)
    switch kind {
    case .bool: writer.bool(page.withValues(UInt8.self) { $0[i] } != 0)
    case .int32: writer.integer(Int64(page.withValues(Int32.self) { $0[i] }))
    case .int64: writer.integer(page.withValues(Int64.self) { $0[i] })
    case .uint64: writer.unsigned(page.withValues(UInt64.self) { $0[i] })
    case .double: writer.double(page.withValues(Double.self) { $0[i] })
    case .choice:
      let index = Int(page.withValues(UInt32.self) { $0[i] })
      if index < choices.count { writer.string(choices[index]) } else { writer.null() }
    case .text: page.withBytes(i) { writer.string(utf8: $0) }
    case .json: page.withBytes(i) { writer.raw($0) }
    }
  }
}

extension JSONNode {
  /// Whether the node is a key such as `$metadata`, which names no property.
  fileprivate var isSystemKey: Bool { withUTF8 { $0.first == UInt8(ascii: "$") } ?? false }
}
