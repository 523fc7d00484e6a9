import TwinValues

/// What went wrong on this floor, in the user's language. Lower floors throw `NuriError`, in English.
struct CommandError: Error {
  let exit: ExitCode
  let message: Text
  let advice: Text?

  init(_ exit: ExitCode, _ message: Text, advice: Text? = nil) {
    self.exit = exit
    self.message = message
    self.advice = advice
  }

  /// Words that make no sense.
  static func usage(_ message: Text, advice: Text? = nil) -> CommandError {
    CommandError(.usage, message, advice: advice)
  }
}
