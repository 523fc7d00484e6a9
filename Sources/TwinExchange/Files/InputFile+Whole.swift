import TwinValues

extension InputFile {
  /// Everything that is left of the file.
  /// - Throws: `NuriError` with code `limitExceeded` for one of more bytes, or why it can't be read.
  func readWhole(upTo limit: Int) throws(NuriError) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: ExchangeLimits.blockBytes)
    while true {
      var count = 0
      var failure: NuriError?
      block.withUnsafeMutableBytes { raw in
        do throws(NuriError) { count = try read(into: raw) } catch { failure = error }
      }
      if let failure { throw failure }
      if count == 0 { return bytes }
      bytes += block[..<count]
      guard bytes.count <= limit else {
        throw NuriError(
          .limitExceeded, "The file has more than \(limit) bytes.", advice: "Split it into several files.")
      }
    }
  }
}
