import Glibc

/// Bytes this room owns: grows by doubling, keeps its memory between uses, frees it at the end.
/// One thread at a time.
final class ByteBuffer {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var capacity: Int
  var count = 0

  init(capacity: Int = 0) {
    self.capacity = max(capacity, 64)
    base = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Makes the capacity at least `total`; the bytes stay.
  func reserve(_ total: Int) {
    guard total > capacity else { return }
    let wider = max(total, capacity * 2)
    let new = UnsafeMutableRawPointer.allocate(byteCount: wider, alignment: 16)
    new.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = new
    capacity = wider
  }

  /// `count` writable bytes from the start; what was there is void.
  func room(_ count: Int) -> UnsafeMutableRawBufferPointer {
    reserve(count)
    return UnsafeMutableRawBufferPointer(start: base, count: count)
  }

  /// Adds `count` bytes of unset memory at the end and returns their address.
  func grow(_ count: Int) -> UnsafeMutableRawPointer {
    reserve(self.count + count)
    defer { self.count += count }
    return base + self.count
  }

  func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    grow(bytes.count).copyMemory(from: source, byteCount: bytes.count)
  }

  func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

  /// Forgets the bytes; gives memory past `keep` back.
  func removeAll(keeping keep: Int) {
    count = 0
    guard capacity > keep else { return }
    base.deallocate()
    capacity = max(keep, 64)
    base = .allocate(byteCount: capacity, alignment: 16)
  }
}

extension UnsafeRawPointer {
  @inline(__always) func u32(_ at: Int) -> UInt32 {
    UInt32(littleEndian: loadUnaligned(fromByteOffset: at, as: UInt32.self))
  }
  @inline(__always) func u64(_ at: Int) -> UInt64 {
    UInt64(littleEndian: loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }
  @inline(__always) func i64(_ at: Int) -> Int64 { Int64(bitPattern: u64(at)) }
}

extension UnsafeMutableRawPointer {
  @inline(__always) func put(_ value: UInt32, at offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
  }
  @inline(__always) func put(_ value: UInt64, at offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
  }
  @inline(__always) func put(_ value: Int64, at offset: Int) { put(UInt64(bitPattern: value), at: offset) }
}

/// Whether `count` bytes are all zero, at the C library's speed.
func isZero(_ bytes: UnsafeRawPointer, _ count: Int) -> Bool {
  if count == 0 { return true }
  if bytes.load(as: UInt8.self) != 0 { return false }
  return memcmp(bytes, bytes + 1, count - 1) == 0
}

/// Eight ASCII bytes as they lie in a file, read as one number.
func magic(_ name: StaticString) -> UInt64 {
  UnsafeRawPointer(name.utf8Start).u64(0)
}
