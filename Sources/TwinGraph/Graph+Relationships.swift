import TwinModels
import TwinValues

extension Graph {
  mutating func putRelationship(
    _ source: String, _ id: String, _ name: String, _ target: String, _ properties: [UInt8], _ stamp: Stamp,
    _ journal: inout UndoJournal
  ) throws(NuriError) -> UInt64 {
    try TwinId.check(id)
    let from = try slot(ofTwin: source)
    let to = try slot(ofTwin: target)
    let existing = id.withBytes { state.relationshipSlot(from, $0) }
    try checkRelationship(source, from, id, name, to, properties, existing)

    if existing != nil { journal.keep(self) }
    own()
    if let existing { state.unlink(existing) }
    let slot = existing ?? state.newRelationship()
    let nameIndex = state.intern(name)
    id.withBytes { state.relationshipIds.setBytes(slot, $0, time: 0) }
    if properties.isEmpty {
      state.relationshipProperties.clear(slot)
    } else {
      properties.onOneLine.withUnsafeBufferPointer {
        state.relationshipProperties.setBytes(slot, $0, time: 0)
      }
    }
    state.link(slot, from: from, to: to, name: nameIndex, sequence: stamp.sequence)
    if existing == nil { state.relationshipCount += 1 }
    id.withBytes { state.indexIfHub(from, slot, $0, isNew: existing == nil) }
    let previous = state.links[from].relationSequence
    journal.add(.newRelationship(slot: slot, previous: previous))
    state.links.update(from) { $0.relationSequence = stamp.sequence }
    return previous
  }

  private func checkRelationship(
    _ source: String, _ from: Int, _ id: String, _ name: String, _ to: Int, _ properties: [UInt8],
    _ existing: Int?
  ) throws(NuriError) {
    let place = "relationship \(id) of twin \(source)"
    let isArriving = existing.map { state.relationships[$0].target != UInt32(to) } ?? true
    let most = GraphLimits.relationshipsPerSide
    if existing == nil && state.links[from].outCount >= most || isArriving && state.links[to].inCount >= most
    {
      throw NuriError(.limitExceeded, "A twin has at most \(most) relationships a side.", at: place)
    }
    if existing == nil {
      guard state.relationshipCount < GraphLimits.relationships else {
        throw NuriError(
          .limitExceeded, "The world is full: it holds \(GraphLimits.relationships) relationships.", at: place
        )
      }
    }
    guard state.indexOfName[name] != nil || state.names.count < GraphLimits.relationshipNames else {
      throw NuriError(
        .limitExceeded, "A world has at most \(GraphLimits.relationshipNames) relationship names.", at: place)
    }
    do {
      try checkDeclaration(from, name, to, properties, existing)
    } catch {
      throw error.inside(place)
    }
  }

  mutating func deleteRelationship(_ source: String, _ id: String, _ stamp: Stamp) throws(NuriError) -> UInt64
  {
    let from = try slot(ofTwin: source)
    guard let slot = id.withBytes({ state.relationshipSlot(from, $0) }) else {
      throw NuriError(
        .relationshipNotFound, "The twin \"\(source)\" has no relationship \"\(id)\".")
    }
    own()
    state.removeRelationship(slot)
    let previous = state.links[from].relationSequence
    state.links.update(from) { $0.relationSequence = stamp.sequence }
    return previous
  }
}

extension GraphState {
  fileprivate func newRelationship() -> Int {
    if firstFreeRelationship != .max {
      let slot = Int(firstFreeRelationship)
      firstFreeRelationship = relationships[slot].nextOut
      return slot
    }
    let slot = relationships.count
    relationships.grow(to: slot + 1)
    return slot
  }

  /// Takes a relationship out of everything but its source's history.
  func removeRelationship(_ slot: Int) {
    let source = Int(relationships[slot].source)
    if twins[source].isHub, let page = relationshipIds.page(of: slot) {
      let hash = page.withBytes(slot & 127) { relationshipHash(source, $0) }
      hubIndex.remove(hash, slot)
    }
    unlink(slot)
    relationshipIds.clear(slot)
    relationshipProperties.clear(slot)
    let free = firstFreeRelationship
    relationships.update(slot) {
      $0 = RelationshipRecord()
      $0.nextOut = free
    }
    firstFreeRelationship = UInt32(slot)
    relationshipCount -= 1
  }

  func intern(_ name: String) -> Int {
    if let index = indexOfName[name] { return index }
    names.append(name)
    indexOfName[name] = names.count - 1
    return names.count - 1
  }

  /// Puts a record at the head of both lists.
  fileprivate func link(_ slot: Int, from: Int, to: Int, name: Int, sequence: UInt64) {
    let nextOut = links[from].firstOut
    let nextIn = links[to].firstIn
    relationships.update(slot) {
      $0.source = UInt32(from)
      $0.target = UInt32(to)
      $0.name = name
      $0.sequence = sequence
      $0.nextOut = nextOut
      $0.previousOut = .max
      $0.nextIn = nextIn
      $0.previousIn = .max
    }
    if nextOut != .max { relationships.update(Int(nextOut)) { $0.previousOut = UInt32(slot) } }
    if nextIn != .max { relationships.update(Int(nextIn)) { $0.previousIn = UInt32(slot) } }
    links.update(from) {
      $0.firstOut = UInt32(slot)
      $0.outCount += 1
    }
    links.update(to) {
      $0.firstIn = UInt32(slot)
      $0.inCount += 1
    }
  }

  /// Takes a record out of both lists.
  fileprivate func unlink(_ slot: Int) {
    let old = relationships[slot]
    if old.nextOut != .max { relationships.update(Int(old.nextOut)) { $0.previousOut = old.previousOut } }
    if old.nextIn != .max { relationships.update(Int(old.nextIn)) { $0.previousIn = old.previousIn } }
    if old.previousOut != .max {
      relationships.update(Int(old.previousOut)) { $0.nextOut = old.nextOut }
    }
    if old.previousIn != .max { relationships.update(Int(old.previousIn)) { $0.nextIn = old.nextIn } }
    links.update(Int(old.source)) {
      if old.previousOut == .max { $0.firstOut = old.nextOut }
      $0.outCount -= 1
    }
    links.update(Int(old.target)) {
      if old.previousIn == .max { $0.firstIn = old.nextIn }
      $0.inCount -= 1
    }
  }

  /// Keeps the hash index of a twin with many relationships; starts it when the twin becomes one.
  fileprivate func indexIfHub(_ source: Int, _ slot: Int, _ id: UnsafeBufferPointer<UInt8>, isNew: Bool) {
    let twin = twins[source]
    if twin.isHub {
      if isNew { hubIndex.insert(relationshipHash(source, id), slot) }
      return
    }
    guard links[source].outCount > GraphLimits.hubDegree else { return }
    twins.update(source) { $0.isHub = true }
    var each = links[source].firstOut
    while each != .max {
      if let page = relationshipIds.page(of: Int(each)) {
        page.withBytes(Int(each) & 127) {
          hubIndex.insert(relationshipHash(source, $0), Int(each))
        }
      }
      each = relationships[Int(each)].nextOut
    }
  }
}
