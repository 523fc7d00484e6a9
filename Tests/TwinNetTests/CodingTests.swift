import ProofServers
import Testing

@testable import TwinNet

extension NetTests {
  @Suite struct CodingTests {
    static let json = Array("[\((0..<500).map { "{\"id\":\($0)}" }.joined(separator: ","))]".utf8)

    @Test func compressesWhatTheClientAccepts() async throws {
      try await withServer(handler: { request in
        let type = request.target.segments == ["image"] ? "image/png" : "application/json"
        return .bytes(request.target.segments == ["small"] ? Array("[]".utf8) : CodingTests.json, type: type)
      }) { server in
        let plain = String(decoding: CodingTests.json, as: UTF8.self)
        for (accepted, coding) in [
          ("gzip", "gzip"), ("zstd", "zstd"), ("gzip, zstd", "zstd"), ("gzip;q=1.0, zstd;q=0.5", "gzip"),
          ("gzip;q=0", nil), ("br", nil), ("", nil),
        ] {
          let client = RawClient(port: server.port)
          client.send(
            "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: \(accepted)\r\nConnection: close\r\n\r\n")
          let all = try #require(client.receiveAll())
          let end = try #require(RawClient.end(all, of: "\r\n\r\n"))
          let head = String(decoding: all[..<end], as: UTF8.self)
          #expect(head.contains("vary: accept-encoding\r\n"))
          guard let coding else {
            #expect(!head.contains("content-encoding"))
            #expect(Array(all[end...]) == CodingTests.json)
            continue
          }
          #expect(head.contains("content-encoding: \(coding)\r\n"), "\(accepted)")
          let decoder = try #require(Decompressor(coding == "gzip" ? .gzip : .zstd, limits: NetLimits()))
          var body: [UInt8] = []
          let refusal = all[end...].withUnsafeBytes { decoder.feed($0) { body += $0 } }
          #expect(refusal == nil && decoder.finish() == nil)
          #expect(String(decoding: body, as: UTF8.self) == plain)
        }
        for path in ["image", "small"] {
          let output = shell(
            "curl -s -o /dev/null -w \"%header{content-encoding}\" --compressed http://127.0.0.1:\(server.port)/\(path)"
          )
          #expect(output.output == "")
        }
      }
    }

    @Test(arguments: ["gzip", "zstd"])
    func decodesRequestsAndStopsBombs(_ tool: String) async throws {
      var limits = NetLimits()
      limits.bodyBytes = 4 << 20
      limits.expansionFloorBytes = 100_000
      try await withServer(
        limits: limits,
        handler: { request in
          do { return .text("\(try await request.body.collect(upTo: 100 << 20).count)") } catch {
            return .refusing(error)
          }
        }
      ) { server in
        func send(_ make: String) -> String {
          shell(
            "\(make) | curl -s -H \"content-encoding: \(tool)\" -H \"expect:\" --data-binary @- -w \" %{http_code}\" http://127.0.0.1:\(server.port)/"
          ).output
        }
        #expect(send("seq 100000 | \(tool) -c") == "588895 200")
        #expect(send("(seq 1000 | \(tool) -c; seq 1000 | \(tool) -c)") == "7786 200")
        #expect(send("head -c 3000000 /dev/zero | \(tool) -c").hasSuffix(" 413"))
        #expect(send("head -c 5000000 /dev/urandom | \(tool) -c").hasSuffix(" 413"))
        #expect(send("seq 100000 | \(tool) -c 2>/dev/null | head -c 1000").hasSuffix(" 400"))
        #expect(send("seq 1000").hasSuffix(" 400"))
        let odd = RawClient(port: server.port)
        odd.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx")
        #expect(odd.receiveAnswer()?.status == 415)
      }
    }

    @Test func decoderSurvivesAnyBytes() throws {
      var seed = Seed(3)
      for round in 0..<400 {
        let coding: ContentCoding = round % 2 == 0 ? .gzip : .zstd
        let decoder = try #require(Decompressor(coding, limits: NetLimits()))
        var bytes = Compressor.compress(CodingTests.json, coding) ?? []
        for _ in 0..<seed.below(4) { bytes[seed.below(bytes.count)] = UInt8(seed.below(256)) }
        var count = 0
        _ = bytes.withUnsafeBytes { decoder.feed($0) { count += $0.count } }
        #expect(count <= 64 << 20)
      }
    }

    @Test func targetsAreReadInOneWay() throws {
      let target = try #require(RequestTarget("/a%2Fb/%C3%BC;x/?q=a+b%20c&empty&q=2"))
      #expect(target.segments == ["a/b", "ü;x", ""])
      #expect(target.query.map { $0.name + "=" + $0.value } == ["q=a b c", "empty=", "q=2"])
      #expect(target.queryValue("q") == "a b c")
      #expect(target.rawPath == "/a%2Fb/%C3%BC;x/")
      #expect(RequestTarget("/")?.segments == [])
      for bad in [
        "", "a", "/..", "/a/.", "/%2e", "/.%2e/x", "/%", "/%0", "/%zz", "/%00", "/%ff", "/a b", "/a#b", "/ü",
      ] {
        #expect(RequestTarget(bad) == nil, "\(bad)")
      }
      #expect(RequestTarget("/...")?.segments == ["..."])
    }

    @Test func datesAreWrittenAsTheStandardHasThem() {
      #expect(
        HTTPDateText.format(secondsSince1970: 784_111_777) == Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8))
    }

    @Test func gateLetsThroughWhatItPromises() {
      var gate = FloodGate(NetLimits.Rate(burst: 3, perSecond: 10), now: 0)
      var admitted = (0..<5).map { _ in gate.admit(now: 0) }
      #expect(admitted == [true, true, true, false, false])
      admitted = [gate.admit(now: 99_000_000), gate.admit(now: 200_000_000)]
      #expect(admitted == [false, true])
      admitted = (0..<5).map { _ in gate.admit(now: 100_000_000_000) }
      #expect(admitted == [true, true, true, false, false])
    }
  }
}
