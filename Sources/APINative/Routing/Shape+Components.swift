import TwinEngine
import TwinValues

/// The shapes that the document names.
extension Shape {
  static let components: [String: Shape] = [
    "Problem": problem, "Receipt": receipt, "World": world, "NewWorld": newWorld, "WorldEdit": worldEdit,
    "Twin": twin, "NewTwin": newTwin, "Component": component, "Relationship": relationship,
    "NewRelationship": newRelationship, "JSONPatch": jsonPatch, "MergePatch": .object([], others: .any),
    "Difference": difference, "Promotion": promotion, "PromotionRequest": promotionRequest,
    "Change": change, "Model": model, "NewModels": newModels, "ModelEdit": modelEdit, "QueryRequest": query,
    "QueryPage": queryPage, "Row": .object([], others: .any), "Batch": batch, "Operation": operation,
    "BatchReceipt": batchReceipt, "Sample": sample, "Bucket": bucket, "Series": series,
    "EventRoute": eventRoute, "NewEventRoute": newEventRoute, "Overview": .object([], others: .any),
    "Whoami": whoami, "Tenant": tenant,
  ].merging(keyShapes) { $1 }.merging(tileShapes) { $1 }.merging(jobShapes) { $1 }
    .merging(endpointShapes) { $1 }.merging(policyShapes) { $1 }.merging(timelineShapes) { $1 }
    .merging(savedShapes) { $1 }.merging(migrationShapes) { $1 }

  static let id = Shape.text(most: TwinId.maximumBytes)
  static let dtmi = Shape.text(most: 2048)
  static let etag = Shape.text(most: 64, note: "Names the last change: W/\"1f3\".")

  private static let problem = Shape.object(
    [
      Member("type", .text(most: 256), required: true), Member("title", .text(most: 64), required: true),
      Member("status", .integer(400...599), required: true),
      Member("code", .text(most: 64), required: true, "The kind of error, for programs."),
      Member("detail", .text(most: .max), required: true, "What was wrong."),
      Member("place", .text(most: .max), "Where."), Member("advice", .text(most: .max), "What to do."),
      Member("requestId", .text(most: 64), required: true),
    ], others: .any)

  private static let receipt = Shape.object([
    Member("first", .sequence, required: true, "The sequence of the batch's first change."),
    Member("last", .sequence, required: true, "The sequence of its last change."),
    Member("recorded", .instant, required: true),
  ])

  private static let mode = Shape.choice([ForkMode.detached.rawValue, ForkMode.tracking.rawValue])

  private static let world = Shape.object([
    Member("name", .text(most: EngineLimits.worldNameBytes), required: true),
    Member("parent", .text(most: EngineLimits.worldNameBytes), "Missing for the live world."),
    Member("forkPoint", .sequence, "The parent's sequence it starts from."),
    Member("forkedAt", .instant, "When the parent's change of that sequence was recorded."),
    Member("mode", mode),
    Member("label", .text(most: NativeLimits.labelBytes)), Member("created", .instant),
    Member("expires", .instant, "When it may be discarded unasked."),
    Member(
      "owner", .text(most: .max), "The principal that made it, and may change and discard it as admins may."),
    Member("sequence", .sequence, "Its last change; only when one world is asked for."),
    Member("recorded", .instant),
  ])

  private static let newWorld = Shape.object([
    Member("name", .text(most: EngineLimits.worldNameBytes), required: true, "The fork's name."),
    Member("parent", .text(most: EngineLimits.worldNameBytes), "The world to fork; live when left out."),
    Member("at", .text(most: 64), "The point in time to fork it from, as in the parameter of that name."),
    Member("mode", mode, "tracking forks go on receiving what their parent gets."),
    Member("label", .text(most: NativeLimits.labelBytes)),
    Member("expires", .text(most: 64), "An instant, or a time from now such as 7d."),
  ])

  private static let worldEdit = Shape.object([
    Member("label", .text(most: NativeLimits.labelBytes)),
    Member(
      "expires", .nullable(.text(most: 64)), "An instant, a time from now such as 7d, or null for never."),
  ])

  private static let twin = Shape.object(
    [
      Member("$dtId", id, required: true), Member("$etag", etag, required: true),
      Member(
        "$metadata", .object([Member("$model", dtmi, required: true)], others: .any), required: true),
    ], others: .any)

  private static let newTwin = Shape.object(
    [
      Member("$dtId", id, "The path's id when given."),
      Member(
        "$metadata", .object([Member("$model", dtmi, required: true)], others: .any), required: true,
        "A twin needs its model: \"$metadata\": {\"$model\": \"dtmi:…\"}."),
    ], others: .any)

  private static let component = Shape.object([Member("$metadata", .any, required: true)], others: .any)

  private static let relationship = Shape.object(
    [
      Member("$relationshipId", id, required: true), Member("$sourceId", id, required: true),
      Member("$targetId", id, required: true),
      Member("$relationshipName", .text(most: 512), required: true),
      Member("$etag", etag, required: true),
    ], others: .any)

  private static let newRelationship = Shape.object(
    [
      Member("$targetId", id, required: true),
      Member("$relationshipName", .text(most: 512), required: true), Member("$relationshipId", id),
      Member("$sourceId", id),
    ], others: .any)

  private static let jsonPatch = Shape.list(
    .object([
      Member("op", .choice(["add", "replace", "remove"]), required: true),
      Member("path", .text(most: 2048), required: true), Member("value", .any),
    ]), most: NativeLimits.patchSteps)

  private static let difference = Shape.object(
    [
      Member("kind", .text(most: 64), required: true), Member("id", .text(most: 512), required: true),
    ], others: .any)

  private static let promotionRequest = Shape.object([
    Member("preview", .flag, "Only say what would happen."),
    Member(
      "conflicts", .choice(["refuse", "mine", "theirs"]),
      "What to do where fork and parent both changed a thing: nothing at all (refuse), or whose value stays."),
  ])

  private static let promotion = Shape.object([
    Member("target", .text(most: EngineLimits.worldNameBytes), required: true),
    Member("preview", .flag, required: true), Member("changeCount", .integer(0...Int64.max), required: true),
    Member(
      "changes", .list(.object([Member("kind", .text(most: 64), required: true)], others: .any)),
      required: true),
    Member("conflictCount", .integer(0...Int64.max), required: true),
    Member(
      "conflicts",
      .list(
        .object([
          Member("id", .text(most: 512), required: true), Member("path", .text(most: 2048)),
          Member("base", .any), Member("mine", .any), Member("theirs", .any),
          Member("text", .text(most: .max), required: true),
        ])), required: true), Member("receipt", .named("Receipt")),
  ])

  private static let change = Shape.object(
    [
      Member("sequence", .sequence, required: true), Member("recorded", .instant, required: true),
      Member("observed", .instant, required: true),
      Member(
        "cause",
        .object([
          Member("actor", .text(most: .max), required: true), Member("reason", .text(most: .max)),
          Member("origin", .sequence),
        ]), required: true), Member("kind", .text(most: 64), required: true),
    ], others: .any)

  private static let model = Shape.object([
    Member("id", dtmi, required: true), Member("displayName", .object([], others: .any)),
    Member("description", .object([], others: .any)), Member("decommissioned", .flag, required: true),
    Member("uploaded", .instant), Member("definition", .any),
  ])

  private static let newModels = Shape.either([
    .list(.object([Member("@id", dtmi, required: true)], others: .any), most: NativeLimits.modelsPerRequest),
    .object([Member("@id", dtmi, required: true)], others: .any),
  ])

  private static let modelEdit = Shape.object([Member("decommissioned", .flag, required: true)])

  private static let query = Shape.object([
    Member(
      "query", .text(most: 64 << 10), required: true, "A query, for example SELECT * FROM DIGITALTWINS."),
    Member("at", .text(most: 64), "The point in time, as in the parameter of that name."),
    Member("pageSize", .integer(1...Int64(NativeLimits.pageRows))),
    Member("continuation", .text(most: NativeLimits.cursorBytes), "The last page's \"next\"."),
  ])

  private static let queryPage = Shape.object([
    Member("items", .list(.any), required: true), Member("next", .text(most: NativeLimits.cursorBytes)),
    Member("charge", .number, required: true, "Roughly how much work it was; 1 for asking."),
  ])

  private static let operation = Shape.object([
    Member("op", .choice(OperationReader.Kind.allCases.map(\.rawValue)), required: true),
    Member("id", .text(most: 2048), "The twin, relationship or model it is about."), Member("source", id),
    Member("twin", .object([], others: .any), "putTwin: the twin, with its model in \"$metadata\"."),
    Member(
      "relationship", .object([], others: .any),
      "putRelationship: with \"$targetId\" and \"$relationshipName\"."),
    Member("set", .object([], others: .any), "patchTwin: values by property; null takes one away."),
    Member("patch", jsonPatch, "patchTwin, patchRelationship: a JSON Patch."),
    Member("models", .list(.object([], others: .any), most: NativeLimits.modelsPerRequest)),
    Member("component", .text(most: 512)), Member("payload", .object([], others: .any)),
    Member("decommissioned", .flag), Member("observed", .instant), Member("ifMatch", .text(most: 256)),
    Member("ifNoneMatch", .choice(["*"])),
  ])

  private static let batch = Shape.object([
    Member("operations", .list(.named("Operation"), most: NativeLimits.batchOperations), required: true),
    Member("reason", .text(most: NativeLimits.reasonBytes)), Member("observed", .instant),
  ])

  private static let batchReceipt = Shape.object([
    Member("operations", .integer(0...Int64.max), required: true),
    Member("batches", .integer(0...Int64.max), required: true), Member("first", .sequence),
    Member("last", .sequence), Member("recorded", .instant),
  ])

  private static let sample = Shape.object([
    Member("observed", .instant, required: true), Member("sequence", .sequence, required: true),
    Member("value", .any, required: true, "null where it was taken away"),
  ])

  private static let bucket = Shape.object([
    Member("start", .instant, required: true), Member("count", .integer(1...Int64.max), required: true),
    Member("minimum", .number, required: true), Member("maximum", .number, required: true),
    Member("mean", .number, required: true), Member("last", .number, required: true),
  ])

  private static let series = Shape.object([
    Member("twin", id, required: true), Member("path", .text(most: 2048), required: true),
    Member("samples", .list(.named("Sample"))), Member("buckets", .list(.named("Bucket"))),
    Member("bucketSeconds", .number),
  ])

  private static let newEventRoute = Shape.object([
    Member(
      "endpoint", .text(most: 256), required: true, "The name of an endpoint of the server's configuration."),
    Member("filter", .text(most: 4096), "Which events take it; all of them when left out."),
  ])

  private static let eventRoute = Shape.object([
    Member("id", .text(most: 128), required: true), Member("endpoint", .text(most: 4096), required: true),
    Member("filter", .text(most: 4096), required: true),
  ])

  private static let whoami = Shape.object([
    Member("id", .text(most: .max), required: true), Member("roles", .list(.text(most: 64)), required: true),
    Member("groups", .list(.text(most: .max)), required: true),
  ])

  private static let tenant = Shape.object([Member("name", .text(most: 128), required: true)])
}
