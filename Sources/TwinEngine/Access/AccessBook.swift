import TwinGraph
import TwinIdentity
import TwinValues

/// Keys and policies as they are in force: those of the live world's newest durable state, whichever world and time
/// someone asks about. Read for every request, written when one of them changes.
///
/// `@unchecked Sendable`: `state` is touched only while holding `lock`.
final class AccessBook: @unchecked Sendable {
  private let lock = Lock()
  private var state = State()

  private struct State {
    var keyRecords = RecordList.none
    /// Goes up whenever something here changed.
    var version: UInt64 = 0
    var keys: [String: (record: Record, entry: KeyEntry)] = [:]
    var policyRecords = RecordList.none
    var policyOfId: [String: (record: Record, policy: Policy)] = [:]
    var policies = PolicySet([])
  }

  /// Takes over what changed. Called with the live world's durable state; what did not change costs a comparison.
  func publish(keys keyRecords: RecordList, policies policyRecords: RecordList) {
    let known = lock.withLock { state }
    guard known.keyRecords !== keyRecords || known.policyRecords !== policyRecords else { return }
    var next = known
    next.version += 1
    if known.keyRecords !== keyRecords {
      next.keyRecords = keyRecords
      next.keys = [:]
      next.keys.reserveCapacity(keyRecords.all.count)
      for record in keyRecords.all {
        if let old = known.keys[record.id], old.record == record {
          next.keys[record.id] = old
        } else if let entry = KeyEntry(record) {
          next.keys[record.id] = (record, entry)
        }
      }
    }
    if known.policyRecords !== policyRecords {
      next.policyRecords = policyRecords
      // Most are as they were.
      next.policyOfId = [:]
      for record in policyRecords.all {
        let old = known.policyOfId[record.id]
        next.policyOfId[record.id] =
          old.flatMap { $0.record == record ? $0 : nil } ?? (record, Policy.kept(record))
      }
      next.policies = PolicySet(next.policyOfId.values.map(\.policy))
    }
    lock.withLock { state = next }
  }

  /// The policies in force.
  var policies: PolicySet { lock.withLock { state.policies } }

  var version: UInt64 { lock.withLock { state.version } }

  func key(_ id: String) -> KeyEntry? { lock.withLock { state.keys[id]?.entry } }

  /// Every key, oldest first.
  var keys: [KeyEntry] {
    lock.withLock { state.keys }.values.map(\.entry).sorted { ($0.created, $0.id) < ($1.created, $1.id) }
  }
}
