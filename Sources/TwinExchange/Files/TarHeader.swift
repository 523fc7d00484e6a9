import TwinValues

/// The block before each file of a tar archive (POSIX.1-1988 ustar; larger sizes in base 256 as GNU tar has it).
struct TarHeader {
  static let block = 512

  let name: String
  let size: UInt64

  init(name: String, size: UInt64) {
    self.name = name
    self.size = size
  }

  /// Reads a block; `nil` for the block of zeros that ends an archive.
  /// - Throws: `invalidImport` when it is no header, or names a file that would land outside the folder.
  init?(_ bytes: [UInt8]) throws(NuriError) {
    if bytes.allSatisfy({ $0 == 0 }) { return nil }
    guard bytes.count == Self.block, Self.checksum(bytes) == Self.octal(bytes[148..<156]) else {
      throw NuriError(
        .invalidImport, "This is no backup, or a damaged one.", advice: "Take another copy of the backup.")
    }
    guard bytes[156] == UInt8(ascii: "0") || bytes[156] == 0 else {
      throw NuriError(.invalidImport, "The backup holds something that is no file.")
    }
    let prefix = Self.text(bytes[345..<500])
    let own = Self.text(bytes[0..<100])
    name = prefix.isEmpty ? own : "\(prefix)/\(own)"
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
      throw NuriError(.invalidImport, "The backup names a file outside its folder: \(name).")
    }
    if bytes[124] & 0x80 != 0 {
      size = bytes[128..<136].reduce(0) { $0 << 8 | UInt64($1) }
    } else {
      size = Self.octal(bytes[124..<136])
    }
  }

  /// The block.
  var bytes: [UInt8] {
    get throws(NuriError) {
      var block = [UInt8](repeating: 0, count: Self.block)
      func put(_ text: some Sequence<UInt8>, at offset: Int) {
        for (i, byte) in text.enumerated() { block[offset + i] = byte }
      }
      var own = name[...]
      if name.utf8.count > 100 {
        guard let slash = name.lastIndex(of: "/"), name[..<slash].utf8.count <= 155 else {
          throw NuriError(.limitExceeded, "The name \(name) is too long for a tar archive.")
        }
        put(name[..<slash].utf8, at: 345)
        own = name[name.index(after: slash)...]
      }
      put(own.utf8.prefix(100), at: 0)
      put("0000644".utf8, at: 100)
      put("0000000".utf8, at: 108)
      put("0000000".utf8, at: 116)
      if size < 1 << 33 {
        put(Self.octal(size, digits: 11), at: 124)
      } else {
        block[124] = 0x80
        for i in 0..<8 { block[135 - i] = UInt8(truncatingIfNeeded: size >> UInt64(8 * i)) }
      }
      put("00000000000".utf8, at: 136)
      block[156] = UInt8(ascii: "0")
      put("ustar".utf8, at: 257)
      put("00".utf8, at: 263)
      put(Self.octal(Self.checksum(block), digits: 6), at: 148)
      block[155] = UInt8(ascii: " ")
      return block
    }
  }

  /// The sum of the bytes, those of the checksum itself counted as blanks.
  private static func checksum(_ block: [UInt8]) -> UInt64 {
    block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : UInt64($1.element)) }
  }

  private static func octal(_ value: UInt64, digits: Int) -> [UInt8] {
    let text = String(value, radix: 8)
    return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
  }

  private static func octal(_ field: ArraySlice<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    for byte in field where byte >= 0x30 && byte <= 0x37 { value = value << 3 | UInt64(byte - 0x30) }
    return value
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }
}
