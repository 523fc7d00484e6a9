import TwinValues

/// Bytes from hexadecimal; empty for anything else.
func bytes(hex: String) -> [UInt8] {
  let digits = hex.compactMap(\.hexDigitValue).map(UInt8.init)
  guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return [] }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// The code of the error that `body` throws; `nil` when it throws none.
func code<R>(_ body: () throws(NuriError) -> R) -> NuriError.Code? {
  do throws(NuriError) {
    _ = try body()
    return nil
  } catch { return error.code }
}
