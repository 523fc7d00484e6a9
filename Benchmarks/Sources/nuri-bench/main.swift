import Glibc
import TwinGraph
import TwinValues

func now() -> Double {
  var t = timespec()
  clock_gettime(CLOCK_MONOTONIC, &t)
  return Double(t.tv_sec) + Double(t.tv_nsec) / 1e9
}
func rss() -> Int {
  let f = fopen("/proc/self/statm", "r")!
  defer { fclose(f) }
  var a = 0, b = 0
  withUnsafeMutablePointer(to: &a) { pa in withUnsafeMutablePointer(to: &b) { pb in withVaList([pa, pb]) { _ = vfscanf(f, "%ld %ld", $0) } } }
  return b * 4096
}
struct RNG { var s: UInt64 = 88172645463325252; mutating func next(_ n: Int) -> Int { s ^= s << 13; s ^= s >> 7; s ^= s << 17; return Int(s % UInt64(n)) } }
let model = #"{"@id":"dtmi:b:Pump;1","@type":"Interface","@context":"dtmi:dtdl:context;3","contents":[{"@type":"Property","name":"temperature","schema":"double"},{"@type":"Property","name":"pressure","schema":"double"},{"@type":"Property","name":"flow","schema":"double"},{"@type":"Property","name":"speed","schema":"double"},{"@type":"Property","name":"hours","schema":"integer"},{"@type":"Property","name":"stage","schema":"integer"},{"@type":"Property","name":"running","schema":"boolean"},{"@type":"Property","name":"serial","schema":"string"},{"@type":"Relationship","name":"feeds"}]}"#
func run() throws {
let N = 1_000_000
var g = Graph()
var seq: UInt64 = 0
func stamp() -> Stamp { seq += 1; return Stamp(sequence: seq, milliseconds: 1_700_000_000_000 + Int64(seq / 1000)) }
let r0 = rss()
try g.apply(.addModels([Array(model.utf8)]), stamp())
func id(_ i: Int) -> String { "pump-\(1_000_000 + i)" }
var t = now()
for i in 0..<N {
  try g.apply(.putTwin(id: id(i), model: "dtmi:b:Pump;1", properties: [PropertyEdit("temperature", .double(Double(i % 977) / 8)), PropertyEdit("pressure", .double(3.5)), PropertyEdit("flow", .double(Double(i))), PropertyEdit("speed", .double(1)), PropertyEdit("hours", .integer(Int64(i))), PropertyEdit("stage", .integer(2)), PropertyEdit("running", .bool(true)), PropertyEdit("serial", .string("SN-\(i)"))]), stamp())
}
print("create \(Double(N) / (now() - t) / 1e3) k/s, rss/twin \((rss() - r0) / N)")
var rng = RNG()
t = now()
for i in 0..<N { for k in 0..<3 { try g.apply(.putRelationship(source: id(i), id: "r\(i)-\(k)", name: "feeds", target: id(rng.next(N)), properties: []), stamp()) } }
print("rel \(Double(3 * N) / (now() - t) / 1e3) k/s, rss/twin \((rss() - r0) / N)")
let ids = (0..<1_000_000).map { _ in id(rng.next(N)) }
t = now()
for i in 0..<1_000_000 { try g.apply(.patchTwin(id: ids[i], edits: [PropertyEdit("temperature", .double(Double(i)))]), stamp()) }
print("update \(1e3 / (now() - t)) k/s")
do { let held = g
  t = now(); for i in 0..<1_000_000 { try g.apply(.patchTwin(id: ids[i], edits: [PropertyEdit("temperature", .double(Double(i)))]), stamp()) }
  print("update while one snapshot is held \(1e3 / (now() - t)) k/s"); _ = held.twinCount }
t = now()
var forks: [Graph] = []
for _ in 0..<1000 { forks.append(g) }
print("fork \((now() - t) * 1e9 / 1000) ns")
let r1 = rss()
t = now()
for i in 0..<1000 { try forks[i].apply(.patchTwin(id: ids[i], edits: [PropertyEdit("temperature", .double(Double(i)))]), stamp()) }
print("first write \((now() - t) * 1e6 / 1000) us, \((rss() - r1) / 1000) B a fork")
t = now()
for i in 0..<1_000_000 { try g.apply(.patchTwin(id: ids[i], edits: [PropertyEdit("temperature", .double(Double(i)))]), stamp()) }
print("update while 1000 forks are held \(1e3 / (now() - t)) k/s")
t = now()
var c = 0
let col = g.layout(table: 0).column("temperature")!
g.forEachPage(table: 0) { p in
  let o = p.occupied, pr = p.presence(col); var m0 = o.0 & pr.0, m1 = o.1 & pr.1
  _ = p.withValues(col, as: Double.self) { v in for i in 0..<64 { if m0 & (1 << UInt64(i)) != 0, v[i] > 500 { c += 1 } }; for i in 0..<64 { if m1 & (1 << UInt64(i)) != 0, v[i + 64] > 500 { c += 1 } } }
  return true
}
print("scan \((now() - t) * 1e3) ms \(c)")
}
try run()
