/// What tells one file from another of the same name, in the words that causes carry.
struct FileIdentity: Hashable, Sendable {
  let name: String
  let hash: UInt64

  /// `world.ndjson.zst#5c0f3a9e12b4d687`
  var text: String {
    let digits = String(hash, radix: 16)
    return "\(name)#\(String(repeating: "0", count: 16 - digits.count))\(digits)"
  }

  /// Where FNV-1a starts (Fowler, Noll, Vo).
  static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Goes on with FNV-1a over some bytes.
  static func mix(_ hash: inout UInt64, _ bytes: some Sequence<UInt8>) {
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  }
}
