import TwinGraph
import TwinQuery
import TwinValues

extension Difference {
  /// Adds the rows that `FROM DIFF(…)` has for this difference.
  func append(to rows: inout [DifferenceRow]) {
    switch self {
    case .twinAdded(let id, let model, let properties):
      rows.append(DifferenceRow(kind: "twinAdded", id: id, model: model))
      append(properties, "twinAdded", id, model, to: &rows)
    case .twinRemoved(let id, let model, let properties):
      rows.append(DifferenceRow(kind: "twinRemoved", id: id, model: model))
      append(properties, "twinRemoved", id, model, to: &rows)
    case .twinChanged(let id, let oldModel, let newModel, let properties):
      if oldModel != newModel {
        rows.append(
          DifferenceRow(
            kind: "twinChanged", id: id, model: newModel, property: "$model", old: .string(oldModel),
            new: .string(newModel)))
      }
      append(properties, "twinChanged", id, newModel, to: &rows)
    case .relationshipAdded(let new):
      rows.append(DifferenceRow(kind: "relationshipAdded", id: "\(new.source)/\(new.id)", property: new.name))
    case .relationshipRemoved(let old):
      rows.append(
        DifferenceRow(kind: "relationshipRemoved", id: "\(old.source)/\(old.id)", property: old.name))
    case .relationshipChanged(let old, let new):
      rows.append(
        DifferenceRow(
          kind: "relationshipChanged", id: "\(new.source)/\(new.id)", property: new.name,
          old: .string(old.target), new: .string(new.target)))
    case .modelAdded(let id): rows.append(DifferenceRow(kind: "modelAdded", id: id))
    case .modelRemoved(let id): rows.append(DifferenceRow(kind: "modelRemoved", id: id))
    case .eventRouteAdded(let new):
      rows.append(DifferenceRow(kind: "eventRouteAdded", id: new.id, new: .string(new.filter)))
    case .eventRouteRemoved(let old):
      rows.append(DifferenceRow(kind: "eventRouteRemoved", id: old.id, old: .string(old.filter)))
    case .eventRouteChanged(let old, let new):
      rows.append(
        DifferenceRow(
          kind: "eventRouteChanged", id: new.id, old: .string(old.filter), new: .string(new.filter)))
    }
  }

  private func append(
    _ properties: [Property], _ kind: String, _ id: String, _ model: String, to rows: inout [DifferenceRow]
  ) {
    for property in properties {
      rows.append(
        DifferenceRow(
          kind: kind, id: id, model: model, property: property.path, old: property.old, new: property.new))
    }
  }
}
