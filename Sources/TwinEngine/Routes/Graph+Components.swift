public import TwinGraph
import TwinModels
import TwinValues

extension Graph {
  /// The model of one of a twin's components; `nil` when the twin's model has no such component.
  public func model(ofComponent name: String, of twin: TwinRef) -> String? {
    layout(of: twin).interface?.component(name).map { $0.interface.text }
  }
}
