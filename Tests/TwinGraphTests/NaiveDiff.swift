import TwinGraph
import TwinValues

extension NaiveGraph {
  /// What leads from one graph to the other, found by comparing everything.
  static func differences(from old: NaiveGraph, to new: NaiveGraph) -> Set<Difference> {
    var list: Set<Difference> = []
    for (id, twin) in old.twins {
      guard let other = new.twins[id] else {
        list.insert(.twinRemoved(id: id, model: twin.model, properties: properties(twin, nil)))
        continue
      }
      let changed = properties(twin, other)
      if changed.isEmpty, twin.model == other.model { continue }
      list.insert(
        .twinChanged(id: id, oldModel: twin.model, newModel: other.model, properties: changed))
    }
    for (id, twin) in new.twins where old.twins[id] == nil {
      list.insert(.twinAdded(id: id, model: twin.model, properties: properties(nil, twin)))
    }
    for (link, relationship) in old.links {
      let was = relationship.described(link)
      guard let now = new.links[link]?.described(link) else {
        list.insert(.relationshipRemoved(was))
        continue
      }
      if was != now { list.insert(.relationshipChanged(old: was, new: now)) }
    }
    for (link, relationship) in new.links where old.links[link] == nil {
      list.insert(.relationshipAdded(relationship.described(link)))
    }
    return list
  }

  /// What differs, in the order of the columns: the first model's, then those only the second has.
  private static func properties(_ old: Twin?, _ new: Twin?) -> [Difference.Property] {
    var paths = old.map { Models.paths($0.model).ordered } ?? []
    for path in new.map({ Models.paths($0.model).ordered }) ?? [] where !paths.contains(path) {
      paths.append(path)
    }
    return paths.compactMap { path in
      let was = old?.values[path]
      let now = new?.values[path]
      return was == now ? nil : Difference.Property(path: path, old: was, new: now)
    }
  }
}

extension NaiveGraph {
  /// Whether every relationship would be accepted today.
  var isWholeDeclared: Bool {
    links.allSatisfy { isDeclared($0.key.source, $0.value.name, $0.value.target) }
  }
}

extension [String] {
  /// Paths in the order of columns: a model's own and inherited properties, then those of components.
  fileprivate var ordered: [String] { filter { !$0.contains(".") } + filter { $0.contains(".") } }
}

extension NaiveGraph.Relationship {
  fileprivate func described(_ link: NaiveGraph.Link) -> Difference.Relationship {
    Difference.Relationship(
      source: link.source, id: link.id, name: name, target: target, properties: properties)
  }
}

/// Changes that turn the first graph of a diff into the second, in an order in which they apply.
func changesThatMake(_ differences: [Difference], on old: NaiveGraph) -> [Change] {
  var unlinks: [Change] = [.decommissionModel(id: Models.special, false)]
  var puts: [Change] = []
  var links: [Change] = []
  var deletions: [Change] = []
  for difference in differences {
    switch difference {
    case .twinAdded(let id, let model, let properties):
      puts.append(
        .putTwin(id: id, model: model, properties: properties.map { PropertyEdit($0.path, $0.new) }))
    case .twinRemoved(let id, _, _): deletions.append(.deleteTwin(id: id))
    case .twinChanged(let id, let oldModel, let newModel, let properties):
      let edits = properties.map { PropertyEdit($0.path, $0.new) }
      if oldModel == newModel {
        puts.append(.patchTwin(id: id, edits: edits))
      } else {
        let kept = (old.twins[id]?.values ?? [:]).filter { kept in !edits.contains { $0.path == kept.key } }
        puts.append(
          .putTwin(
            id: id, model: newModel,
            properties: kept.map { PropertyEdit($0.key, $0.value) } + edits.filter { $0.value != nil }))
      }
    case .relationshipAdded(let new): links.append(new.put)
    case .relationshipChanged(let old, let new):
      unlinks.append(.deleteRelationship(source: old.source, id: old.id))
      links.append(new.put)
    case .relationshipRemoved(let old):
      unlinks.append(.deleteRelationship(source: old.source, id: old.id))
    case .modelAdded, .modelRemoved: break
    }
  }
  return unlinks + puts + links + deletions
}

extension Difference.Relationship {
  fileprivate var put: Change {
    .putRelationship(source: source, id: id, name: name, target: target, properties: properties)
  }
}
