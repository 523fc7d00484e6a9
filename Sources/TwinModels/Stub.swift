public import TwinValues
public struct DTMI: Hashable, Sendable, CustomStringConvertible { public let description: String; public init(_ s: String) throws(NuriError) { description = s } }
public final class Schema: Sendable { public let name: String; init(_ n: String) { name = n }
  public func value(from node: JSONNode, at path: String) throws(NuriError) -> Value { Value(node)! }
  public func check(_ v: Value, at path: String) throws(NuriError) {} }
public struct PropertyDefinition: Sendable { public let name: String; public let schema: Schema }
public struct RelationshipDefinition: Sendable { public let name: String; public let target: DTMI?; public let maxMultiplicity: Int?; public func property(named: String) -> PropertyDefinition? { nil } }
public struct ComponentDefinition: Sendable { public let name: String; public let schema: DTMI }
public final class Interface: Sendable { public let source: [UInt8] = []; public let id: DTMI; public let properties: [PropertyDefinition]; public let components: [ComponentDefinition] = []; public let rels: [String: RelationshipDefinition]
  init(_ id: DTMI, _ p: [PropertyDefinition], _ r: [String: RelationshipDefinition]) { self.id = id; properties = p; rels = r }
  public func relationship(named n: String) -> RelationshipDefinition? { rels[n] } }
public struct ModelSet: Sendable { var m: [DTMI: Interface] = [:]; public static let empty = ModelSet(); public var ids: [DTMI] { Array(m.keys) }
  public subscript(id: DTMI) -> Interface? { m[id] }
  public func adding(_ d: [[UInt8]]) throws(NuriError) -> ModelSet { var s = self; for x in d { let doc = try JSONDocument(x); let id = try DTMI(doc.root["@id"]!.string!); var p: [PropertyDefinition] = [], r: [String: RelationshipDefinition] = [:]; for c in doc.root["contents"]!.elements { if c["@type"]!.string == "Property" { p.append(.init(name: c["name"]!.string!, schema: Schema(c["schema"]!.string ?? "json"))) } else if c["@type"]!.string == "Relationship" { r[c["name"]!.string!] = .init(name: c["name"]!.string!, target: nil, maxMultiplicity: nil) } }; s.m[id] = Interface(id, p, r) }; return s }
  public func removing(_ id: DTMI) throws(NuriError) -> ModelSet { var s = self; s.m[id] = nil; return s }
  public func isSubtype(_ a: DTMI, of b: DTMI) -> Bool { a == b }
  public func subtypes(of a: DTMI) -> [DTMI] { [a] } }
