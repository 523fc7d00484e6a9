/// Who or what made a change, and why.
public struct Cause: Hashable, Sendable {
  /// Who: a person, a program or a rule, e.g. `cli`, `import`, `user:kim`.
  public let actor: String
  /// Why, in a few words: the file imported, the fork promoted. Empty when there is nothing to say.
  public let reason: String
  /// The sequence of the change this one followed from; 0 for none.
  public let origin: UInt64

  /// Makes a cause.
  public init(actor: String, reason: String = "", origin: UInt64 = 0) {
    self.actor = actor
    self.reason = reason
    self.origin = origin
  }
}
