import Testing
import TwinStorm
import TwinValues

@testable import TwinLog

/// Arbitrary bytes must be refused or read, never trap.
@Suite struct FuzzTests {
  private enum Kind: CaseIterable { case segment, sealed, checkpoint, manifest }

  private func parse(_ kind: Kind, _ bytes: [UInt8]) {
    do throws(NuriError) {
      switch kind {
      case .segment: try LogFuzz.segment(bytes)
      case .sealed: try LogFuzz.sealedSegment(bytes)
      case .checkpoint: try LogFuzz.checkpoint(bytes)
      case .manifest: try LogFuzz.manifest(bytes)
      }
    } catch { #expect(error.code == .corrupt || error.code == .newerFormat, "\(error)") }
  }

  /// Whole files of each kind to start from.
  private func samples() throws -> [(Kind, [UInt8])] {
    let log = try SampleLog(sealing: true, closing: true)
    var found: [(Kind, [UInt8])] = []
    for path in log.disk.paths {
      let bytes = try #require(log.disk.bytes(of: path))
      found.append((path.hasSuffix("sealed") ? .sealed : .segment, bytes))
    }
    var seed = Seed(1)
    let path = try writeCheckpoint(log.disk, 1, [("a", seed.bytes(9000)), ("b", [])], helpers: 0).path
    found.append((.checkpoint, try #require(log.disk.bytes(of: path))))
    let manifest = BackupManifest(files: [.init(path: "a/b", bytes: 3, checksum: 5)])
    found.append((.manifest, manifest.encode()))
    return found
  }

  @Test func unchangedSamplesAreRead() throws {
    for (kind, bytes) in try samples() {
      switch kind {
      case .segment: break
      case .sealed: #expect(try LogFuzz.sealedSegment(bytes) > 0)
      case .checkpoint: #expect(try LogFuzz.checkpoint(bytes) == 1)
      case .manifest: #expect(try LogFuzz.manifest(bytes) == 1)
      }
    }
  }

  @Test func mutatedFilesNeverTrap() throws {
    let samples = try samples()
    for value in StormSeeds(seconds: 2) {
      var seed = Seed(value)
      var (kind, bytes) = samples[seed.below(samples.count)]
      if seed.chance(1, in: 50) { bytes = seed.bytes(seed.below(3000)) }
      for _ in 0...seed.below(4) { mutate(&bytes, &seed) }
      if seed.chance(3, in: 4) { repair(kind, &bytes) }
      parse(kind, bytes)
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ seed: inout Seed) {
    guard !bytes.isEmpty else { return }
    // Headers and tables are where lengths and counts are: half of all changes go there.
    let nearEdge = seed.chance(1, in: 2)
    var at = seed.below(nearEdge ? min(200, bytes.count) : bytes.count)
    if nearEdge, seed.chance(1, in: 2) { at = bytes.count - 1 - at }
    switch seed.below(6) {
    case 0: bytes[at] ^= UInt8(1 << seed.below(8))
    case 1: bytes[at] = UInt8(truncatingIfNeeded: seed.next())
    case 2: bytes.removeLast(seed.below(bytes.count))
    case 3: bytes.append(contentsOf: seed.bytes(seed.below(100)))
    case 4:
      let value = [0, 1, 0x7f, 0xff][seed.below(4)]
      for offset in 0..<min([4, 8][seed.below(2)], bytes.count - at) { bytes[at + offset] = UInt8(value) }
    default:
      let from = seed.below(bytes.count)
      let part = Array(bytes[from..<min(bytes.count, from + seed.below(64))])
      for (offset, byte) in part.enumerated() where at + offset < bytes.count { bytes[at + offset] = byte }
    }
  }

  /// Makes checksums right again, so that changes get past them to what they guard.
  private func repair(_ kind: Kind, _ bytes: inout [UInt8]) {
    switch kind {
    case .segment:
      record(&bytes, 0, SegmentHeader.bytes)
      frames(&bytes)
    case .sealed:
      record(&bytes, 64, SegmentHeader.bytes)
      record(&bytes, 0, SealedFile.headerBytes)
      table(&bytes, SealedFile.trailerBytes, checksumAt: 28)
    case .checkpoint:
      record(&bytes, 0, CheckpointFormat.headerBytes)
      if bytes.count >= 128 {
        bytes.replaceSubrange((bytes.count - 20)..<(bytes.count - 16), with: bytes[12..<16])
      }
      table(&bytes, CheckpointFormat.trailerBytes, checksumAt: 40)
    case .manifest: break
    }
  }

  private func record(_ bytes: inout [UInt8], _ at: Int, _ count: Int) {
    guard at >= 0, at + count <= bytes.count else { return }
    bytes.withUnsafeMutableBytes { all in
      guard let base = all.baseAddress else { return }
      (base + at).put(recordChecksum(base + at, count), at: 12)
    }
  }

  private func table(_ bytes: inout [UInt8], _ trailerBytes: Int, checksumAt: Int) {
    let trailer = bytes.count - trailerBytes
    guard trailer >= 0 else { return }
    bytes.withUnsafeMutableBytes { all in
      guard let base = all.baseAddress else { return }
      let start = (base + trailer).advanced(by: 0)
      let offset = UnsafeRawPointer(start).u64(16)
      guard offset <= UInt64(trailer) else { return }
      start.put(checksum(base + Int(offset), trailer - Int(offset)), at: checksumAt)
    }
    record(&bytes, trailer, trailerBytes)
  }

  private func frames(_ bytes: inout [UInt8]) {
    guard bytes.count >= SegmentHeader.bytes else { return }
    bytes.withUnsafeMutableBytes { all in
      guard let base = all.baseAddress else { return }
      let seed = UnsafeRawPointer(base).u32(12)
      var offset = SegmentHeader.bytes
      while offset + FrameLayout.headerBytes <= all.count {
        let header = FrameHeader(UnsafeRawPointer(base + offset))
        guard header.length > 0, header.fits(all.count - offset) else { return }
        (base + offset).put(
          FrameLayout.checksum(of: base + offset, length: header.length, at: offset, seed: seed), at: 4)
        offset += header.storedBytes
      }
    }
  }
}
