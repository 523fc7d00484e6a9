import CNuri

/// CRC-32C of bytes, going on from `seed`.
@inline(__always)
func checksum(_ bytes: UnsafeRawPointer, _ count: Int, seed: UInt32 = 0) -> UInt32 {
  nuri_crc32c(seed, bytes, count)
}

/// CRC-32C of a fixed-size record whose own checksum lies at byte 12: all bytes but those four.
func recordChecksum(_ record: UnsafeRawPointer, _ count: Int) -> UInt32 {
  checksum(record + 16, count - 16, seed: checksum(record, 12))
}
