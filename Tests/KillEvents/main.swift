import TwinClients
import TwinEngine
import TwinEvents
import TwinGraph
import TwinValues

/// Writes twins into a world and delivers their events until it is killed.
///
///     kill-events FOLDER ADDRESS FIRST
///
/// Says `wrote N` once the twin number N is on disk, and `idle` when everything is delivered and there is nothing to
/// write, which FIRST below 0 asks for.
let words = CommandLine.arguments
let engine = try Engine.open("\(words[1])/data")
let target = WebhookTarget(url: words[2])
let retry = EventRetry(attempts: 1000, firstMilliseconds: 5, longestMilliseconds: 20)
let delivery = try EventDelivery(
  Session(engine, as: .owner("test")),
  endpoints: [EventEndpoint(name: "hub", target: .webhook(target), retry: retry)],
  source: "twins.example",
  folder: "\(words[1])/data/events", clients: EventClients(http: try HTTPClient()))
delivery.start()
let first = Int(words[3]) ?? 0
if first < 0 {
  while delivery.figures[0].lag > 0 { await SystemClientClock().pause(milliseconds: 5) }
  await delivery.stop()
  print("idle")
} else {
  for number in first... {
    let change = Change.putTwin(id: "t\(number)", model: "dtmi:test:Room;2", properties: [])
    let batch = Batch(cause: Cause(actor: "test"), operations: [Operation(change)])
    try engine.world().write(batch)
    print("wrote \(number)")
  }
}
