import Testing
import TwinExchange
import TwinValues

@Suite struct UploadFolderTests {
  @Test(arguments: [
    "", ".", "..", "../a", "a/b", "a\\b", ".hidden", "-rf", "_x", "a b", "a\0b", "ä", "x.part", "a%2Fb",
    String(repeating: "a", count: UploadLimits.nameBytes + 1),
  ])
  func namesThatLeadElsewhereAreRefused(_ name: String) throws {
    let home = try TemporaryFolder()
    let folder = try UploadFolder(home.path + "/uploads")
    #expect(throws: NuriError.self) { try UploadFolder.check(name: name) }
    #expect(throws: NuriError.self) { _ = try folder.path(of: name) }
    #expect(throws: NuriError.self) { _ = try folder.write(name) }
    #expect(throws: NuriError.self) { _ = try folder.read(name) }
    #expect(throws: NuriError.self) { try folder.delete(name) }
  }

  @Test func namesInURIs() throws {
    for uri in [
      "nuri:upload/in.ndjson", "https://host:8080/uploads/in.ndjson", "/uploads/in.ndjson",
      "https://host/tenants/x/uploads/in.ndjson?sig=abc#top",
      "https://account.blob.core.windows.net/container/in.ndjson?sig=abc", "https://host/in.ndjson",
    ] {
      #expect(try UploadFolder.name(inURI: uri) == "in.ndjson")
    }
    for uri in [
      "", "in.ndjson", "https://in.ndjson", "nuri:upload/", "nuri:upload/a/b", "file:///uploads/x",
      "/other/in.ndjson", "https://host/uploads/", "https://host/uploads/..", "https://host/uploads/%2e%2e",
    ] {
      #expect(throws: NuriError.self) { _ = try UploadFolder.name(inURI: uri) }
    }
  }

  @Test func writtenReadReplacedAndDeleted() throws {
    let home = try TemporaryFolder()
    let folder = try UploadFolder(home.path + "/uploads")
    let writer = try folder.write("a.ndjson.zst")
    try writer.append(Array("half".utf8))
    #expect(folder.list().isEmpty)
    try writer.append(Array(" and half".utf8))
    try writer.finish()
    #expect(folder.list().map(\.name) == ["a.ndjson.zst"])
    #expect(folder.list().first?.bytes == 13)
    let reader = try folder.read("a.ndjson.zst")
    #expect(String(decoding: try reader.next(6) + reader.next(), as: UTF8.self) == "half and half")
    #expect(try reader.next().isEmpty)
    do {
      let dropped = try folder.write("a.ndjson.zst")
      try dropped.append(Array("never".utf8))
    }
    #expect(try folder.find("a.ndjson.zst").bytes == 13)
    try folder.delete("a.ndjson.zst")
    #expect(throws: NuriError.self) { try folder.delete("a.ndjson.zst") }
  }

  @Test func twoOfOneNameDontMix() throws {
    let home = try TemporaryFolder()
    let folder = try UploadFolder(home.path + "/uploads")
    let one = try folder.write("x")
    let two = try folder.write("x")
    try one.append([1, 1])
    try two.append([2])
    try one.append([1])
    try one.finish()
    #expect(try folder.read("x").next() == [1, 1, 1])
    try two.finish()
    #expect(try folder.read("x").next() == [2])
  }
}
