public import TwinValues

/// Which addresses a client may connect to, asked after names were resolved: a name that leads into the inside is
/// caught as well as an address written out.
public struct AddressGuard: Hashable, Sendable {
  private let refusesInside: Bool
  private let allowed: [AddressRange]

  /// Any address.
  public static let anywhere = AddressGuard(refusesInside: false, allowed: [])

  private init(refusesInside: Bool, allowed: [AddressRange]) {
    self.refusesInside = refusesInside
    self.allowed = allowed
  }

  /// Public addresses, and of the private, loopback, link-local and other special ones only those in `ranges`, written
  /// like `10.1.0.0/16`, `192.168.1.7` or `fd00::/8`.
  /// - Throws: `NuriError` with code `invalidCall` for a range that can't be read.
  public static func outside(allowing ranges: [String] = []) throws(NuriError) -> AddressGuard {
    var allowed: [AddressRange] = []
    for text in ranges {
      guard let range = AddressRange(text) else {
        throw NuriError(
          .invalidCall, "\"\(text.prefix(100))\" is no range of addresses.",
          advice: "Write it like 10.1.0.0/16, 192.168.1.7 or fd00::/8.")
      }
      allowed.append(range)
    }
    return AddressGuard(refusesInside: true, allowed: allowed)
  }

  /// Whether a connection to an address may be made: 4 bytes of IPv4 or 16 of IPv6.
  public func allows(_ address: [UInt8]) -> Bool {
    guard refusesInside else { return true }
    if allowed.contains(where: { $0.contains(address) }) { return true }
    if let inner = Self.embedded(in: address) { return allows(inner) }
    return !Self.special.contains { $0.contains(address) }
  }

  /// The IPv4 address that an IPv6 address stands for: mapped, compatible, NAT64, 6to4.
  private static func embedded(in address: [UInt8]) -> [UInt8]? {
    guard address.count == 16 else { return nil }
    let head = Array(address[0..<12])
    let zeros = [UInt8](repeating: 0, count: 10)
    if head == zeros + [0xff, 0xff] { return Array(address[12...]) }
    if head == zeros + [0, 0], address[12] != 0 { return Array(address[12...]) }
    if head == [0, 0x64, 0xff, 0x9b] + [UInt8](repeating: 0, count: 8) { return Array(address[12...]) }
    if address[0] == 0x20, address[1] == 0x02 { return Array(address[2..<6]) }
    return nil
  }

  /// What is not globally reachable (IANA's registries of special-purpose addresses, RFC 6890).
  private static let special: [AddressRange] = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "::/127", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
    "fc00::/7", "fe80::/9", "ff00::/8",
  ].compactMap { AddressRange($0) }
}

/// Addresses that begin with the same bits.
struct AddressRange: Hashable, Sendable {
  let address: [UInt8]
  let bits: Int

  init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first.flatMap({ IPAddress.bytes(String($0)) }) else { return nil }
    let most = address.count * 8
    guard let bits = parts.count == 1 ? most : Int(parts[1]), (0...most).contains(bits) else { return nil }
    self.address = address
    self.bits = bits
  }

  func contains(_ other: [UInt8]) -> Bool {
    guard other.count == address.count else { return false }
    let whole = bits / 8
    guard other[..<whole] == address[..<whole] else { return false }
    let rest = bits % 8
    return rest == 0 || (other[whole] ^ address[whole]) >> UInt8(8 - rest) == 0
  }
}

/// Addresses as text.
enum IPAddress {
  /// The bytes of an address written as four decimal numbers or in hexadecimal groups (RFC 4291, §2.2).
  static func bytes(_ text: String) -> [UInt8]? { text.contains(":") ? v6(text) : v4(text) }

  private static func v4(_ text: String) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let bytes = parts.compactMap { part -> UInt8? in
      guard part.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), part == "0" || part.first != "0" else {
        return nil
      }
      return UInt8(part)
    }
    return parts.count == 4 && bytes.count == 4 ? bytes : nil
  }

  private static func v6(_ text: String) -> [UInt8]? {
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    guard halves.count <= 2, let head = halves.first.flatMap({ groups($0) }) else { return nil }
    if halves.count == 1 { return head.count == 16 ? head : nil }
    guard let tail = groups(halves[1]), head.count + tail.count <= 14 else { return nil }
    return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  private static func groups(_ text: Substring) -> [UInt8]? {
    if text.isEmpty { return [] }
    var bytes: [UInt8] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, part.contains(".") {
        guard let last = v4(String(part)) else { return nil }
        bytes += last
      } else {
        guard (1...4).contains(part.utf8.count), let group = UInt16(part, radix: 16),
          part.first != "+"
        else { return nil }
        bytes += [UInt8(group >> 8), UInt8(group & 0xff)]
      }
    }
    return bytes.count <= 16 ? bytes : nil
  }
}
