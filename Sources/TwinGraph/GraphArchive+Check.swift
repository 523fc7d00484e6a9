import TwinValues

/// What a graph read from disk must satisfy before it may be used: no number in it leads out of bounds, no list
/// goes round in a circle, and every count is the number of what it counts. Checksums catch a damaged disk;
/// this catches whatever else could have written the bytes.
extension GraphState {
  /// - Throws: `NuriError` with code `undecodableCheckpoint` that says what does not hang together.
  func checkSoundness() throws(NuriError) {
    var degrees = Degrees(twins: twins.count)
    guard areRelationshipsSound(&degrees) else { throw unsound("relationships") }
    guard isFreeListSound() else { throw unsound("free relationships") }
    var inTable = [Int](repeating: 0, count: tables.count)
    guard areTwinsSound(degrees, &inTable) else { throw unsound("twins") }
    for (index, table) in tables.enumerated() where !table.isSound(twins: inTable[index]) {
      throw unsound("rows of \(table.layout.model)")
    }
  }

  private func unsound(_ what: String) -> NuriError {
    NuriError(.undecodableCheckpoint, "The checkpoint's \(what) do not hang together.")
  }

  /// Relationships seen leaving and reaching each twin.
  private struct Degrees {
    var out: [UInt32]
    var into: [UInt32]
    init(twins: Int) {
      out = Array(repeating: 0, count: twins)
      into = out
    }
  }

  /// Both lists are doubly linked. A record must be the next one of the record before it, or the first one of
  /// its twin; then no two records share a record before them, and when as many have one after them as have one
  /// before them, nothing but those links is left that could close a circle. Reading the records after them as
  /// well would tell the same and take twice as long.
  private func areRelationshipsSound(_ degrees: inout Degrees) -> Bool {
    var isSound = true
    var live = 0
    var links = (before: 0, after: 0)
    relationships.forEachPage { start, records in
      for (offset, record) in records.enumerated() where isSound && record.source != .max {
        live += 1
        links.before += (record.previousOut == .max ? 0 : 1) + (record.previousIn == .max ? 0 : 1)
        links.after += (record.nextOut == .max ? 0 : 1) + (record.nextIn == .max ? 0 : 1)
        isSound = isLinkSound(UInt32(start + offset), record)
        guard isSound else { return }
        degrees.out[Int(record.source)] += 1
        degrees.into[Int(record.target)] += 1
      }
    }
    return isSound && live == relationshipCount && links.before == links.after
  }

  private func isLinkSound(_ slot: UInt32, _ record: RelationshipRecord) -> Bool {
    guard record.source < twins.count, record.target < twins.count, record.name < names.count else {
      return false
    }
    func neighbour(_ slot: UInt32) -> RelationshipRecord? {
      slot < relationships.count ? relationships[Int(slot)] : nil
    }
    let isOutSound =
      record.previousOut == .max
      ? links[Int(record.source)].firstOut == slot
      : neighbour(record.previousOut).map { $0.source == record.source && $0.nextOut == slot } ?? false
    let isInSound =
      record.previousIn == .max
      ? links[Int(record.target)].firstIn == slot
      : neighbour(record.previousIn).map {
        $0.source != .max && $0.target == record.target && $0.nextIn == slot
      } ?? false
    return isOutSound && isInSound
  }

  private func isFreeListSound() -> Bool {
    var rest = relationships.count - relationshipCount
    var slot = firstFreeRelationship
    while slot != .max {
      guard slot < relationships.count, relationships[Int(slot)].source == .max, rest > 0 else {
        return false
      }
      rest -= 1
      slot = relationships[Int(slot)].nextOut
    }
    return rest == 0
  }

  private func areTwinsSound(_ degrees: Degrees, _ inTable: inout [Int]) -> Bool {
    var isSound = true
    var alive = 0
    twins.forEachPage { start, records in
      for (offset, record) in records.enumerated() where isSound {
        let slot = start + offset
        let own = links[slot]
        isSound =
          own.outCount == degrees.out[slot] && own.inCount == degrees.into[slot]
          && (own.outCount == 0) == (own.firstOut == .max)
          && (own.inCount == 0) == (own.firstIn == .max)
          && (own.firstOut == .max || leads(own.firstOut, from: slot))
          && (own.firstIn == .max || leads(own.firstIn, to: slot))
          && GraphArchive.milliseconds.contains(record.time)
        guard isSound, record.isAlive else {
          isSound = isSound && own.outCount == 0 && own.inCount == 0
          continue
        }
        alive += 1
        guard record.table < tables.count, record.row < tables[record.table].twinOfRow.count,
          tables[record.table].twinOfRow[Int(record.row)] == UInt32(slot)
        else {
          isSound = false
          return
        }
        inTable[record.table] += 1
      }
    }
    return isSound && alive == twinCount
  }

  private func leads(_ slot: UInt32, from twin: Int) -> Bool {
    slot < relationships.count && relationships[Int(slot)].source == UInt32(twin)
      && relationships[Int(slot)].previousOut == .max
  }

  private func leads(_ slot: UInt32, to twin: Int) -> Bool {
    slot < relationships.count && relationships[Int(slot)].source != .max
      && relationships[Int(slot)].target == UInt32(twin) && relationships[Int(slot)].previousIn == .max
  }
}

extension Table {
  /// Whether the rows in use are those of the `twins` twins that name this table, and the others are vacant.
  fileprivate func isSound(twins: Int) -> Bool {
    guard count == twins, twinOfRow.count - vacantRows.count == count else { return false }
    var vacant = 0
    twinOfRow.forEachPage { _, rows in
      for twin in rows where twin == Table.vacant { vacant += 1 }
    }
    return vacant == vacantRows.count && Set(vacantRows).count == vacant
      && vacantRows.allSatisfy { $0 < twinOfRow.count && twinOfRow[Int($0)] == Table.vacant }
  }
}
