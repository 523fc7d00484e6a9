/// Bounds on tiles, each with a name.
public enum TileLimits {
  /// Metres of a square's side.
  public static let cellMetres = 1_000
  /// Lengths are whole multiples of 1/20 metre.
  public static let quantaPerMetre = 20.0
  /// How far from the origin twins are drawn, in metres; those beyond are left out.
  public static let reachMetres = 2_000_000.0
  /// Degrees of the grid that a new origin lies on.
  public static let originGridDegrees = 0.5
  /// Twins of a layer that are asked where they are for choosing an origin.
  public static let originSamples = 64
  /// How far a state's twins may be from a known origin before they get one of their own, in degrees.
  public static let originReachDegrees = 3.0
  /// Indexes kept for a tenant.
  public static let indexes = 16
  /// States whose pages are kept for finding out quickly what changed; the other indexes compare fingerprints.
  public static let markedStates = 8
  /// Pages (128 twins) that may differ for an index to count as near without further question.
  public static let fewPages = 1_000
  /// Bytes of tiles kept for a tenant.
  public static let bodyBytes = 96 << 20
  /// Heights over ground that are drawn, in metres either way.
  public static let heightMetres = 20_000.0
}
