public import TwinValues

extension NuriError.Code {
  /// A body that does not have the form its route asks for.
  public static let invalidBody = Self("invalidBody")
  /// A query parameter that the route does not have.
  public static let unknownParameter = Self("unknownParameter")
  /// A path that leads nowhere.
  public static let pathNotFound = Self("pathNotFound")
  /// A method that the path does not have.
  public static let methodNotAllowed = Self("methodNotAllowed")
  /// A body of a media type that the route does not take.
  public static let unsupportedMediaType = Self("unsupportedMediaType")
  /// No such component of the twin's model.
  public static let componentNotFound = Self("componentNotFound")
}
