import APIAzure
import APINative
import Dispatch
import TwinEngine
import TwinGraph
import TwinLog
import TwinNet
import TwinValues

extension Feed {
  static func http1(_ bytes: [UInt8]) {
    let whole = NetFuzz.http1(bytes, step: max(1, bytes.count))
    promise(NetFuzz.http1(bytes, step: 1) == whole, "a request is another when it comes byte by byte")
    promise(NetFuzz.http1(bytes, step: 7) == whole, "a request is another when it comes in pieces")
  }

  /// The messages are the same however they are cut. How a connection ends is not: of a close whose reason is no UTF-8
  /// wslay tells one that came in one piece, and fails one that came in several.
  static func webSocket(_ bytes: [UInt8]) {
    func messages(_ step: Int) -> [String] {
      NetFuzz.webSocket(bytes, step: step).filter { !$0.hasPrefix("close(") }
    }
    promise(messages(1) == messages(max(1, bytes.count)), "messages are others when they come byte by byte")
  }

  /// A JSON Patch by both APIs: it is taken or refused, it is never the server's fault, and a twin that was patched
  /// can be read.
  static func patch(_ bytes: [UInt8]) {
    guard let house = PatchHouse.shared else { return promise(false, "there is no world to patch") }
    house.patch(bytes)
  }
}

/// A small world behind both APIs.
private final class PatchHouse: Sendable {
  static let shared = try? PatchHouse()
  private let engine: Engine
  private let services = NativeServices()

  init() throws {
    let folder = ".build/patched"
    try? PosixDisk().removeTree(folder)
    engine = try Engine.create(at: folder, options: EngineOptions(worksInBackground: false))
    try engine.world().write(
      Batch(cause: Cause(actor: "fuzz"), operations: SmallWorld.changes.prefix(5).map { Operation($0) }))
  }

  func patch(_ bytes: [UInt8]) {
    let statuses = wait {
      let session = Session(self.engine, as: .owner())
      let azure = AzureAPI(session, world: Engine.live, endpoints: [])
      var statuses = [
        await azure.respond(
          to: AzureRequest(
            method: "PATCH", path: "/digitaltwins/a", query: "api-version=2023-10-31",
            headers: [("content-type", "application/json-patch+json")], body: bytes)
        ).status
      ]
      let native = NativeAPI(session: session, services: self.services)
      for (type, method) in [
        ("application/json-patch+json", HTTPMethod.patch), ("application/merge-patch+json", .patch),
        ("", .get),
      ] {
        guard let target = RequestTarget("/v1/worlds/live/twins/a") else { return [] }
        let headers: HTTPHeaders = type.isEmpty ? [:] : ["content-type": type]
        statuses.append(
          await native.respond(
            to: HTTPRequest(
              method: method, target: target, headers: headers, body: method == .get ? [] : bytes)
          ).status)
      }
      return statuses
    }
    Feed.promise(
      statuses.count == 4 && statuses.allSatisfy { $0 < 500 }, "a patch is the server's fault: \(statuses)")
    Feed.promise(statuses.last == 200, "a patched twin can't be read")
  }

  private func wait(_ body: @escaping @Sendable () async -> [Int]) -> [Int] {
    let answer = Answer()
    Task {
      answer.statuses = await body()
      answer.done.signal()
    }
    answer.done.wait()
    return answer.statuses
  }

  /// `@unchecked Sendable`: written before the signal, read after it.
  private final class Answer: @unchecked Sendable {
    let done = DispatchSemaphore(value: 0)
    var statuses: [Int] = []
  }
}
