import TwinEngine
import TwinValues

/// Who looks at which world, and where: in memory, as long as they are connected. Any thread.
///
/// What somebody is to hear is not queued but noted: that people came or went, and who moved. It is put into words when
/// the reader takes it, from how things are then, so that a slow reader costs nobody memory.
///
/// `@unchecked Sendable`: `rooms`, `count`, `made` and what changes of a `Person` are touched only while holding `lock`.
public final class PresenceHub: @unchecked Sendable {
  private let lock = Lock()
  private var rooms: [String: [Person]] = [:]
  private var count = 0
  private var made: UInt64 = 0

  /// Makes a hub with nobody there.
  public init() {}

  /// Somebody who looks at a world.
  final class Person: @unchecked Sendable {
    // `@unchecked Sendable`: all that changes is touched only while holding the hub's lock.
    let id: String
    let name: String
    let world: WorldSession
    let holds: @Sendable () -> Bool
    /// Wakes whoever tells the person what is new.
    let bell: AsyncStream<Void>.Continuation
    let rings: AsyncStream<Void>
    fileprivate var view: [UInt8]?
    fileprivate var hasNewPeople = true
    fileprivate var moved: Set<String> = []

    init(_ id: String, _ name: String, _ world: WorldSession, _ holds: @escaping @Sendable () -> Bool) {
      self.id = id
      self.name = name
      self.world = world
      self.holds = holds
      (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether the person may still be there: the credential holds and the world may be seen.
    var mayStay: Bool { holds() && world.isOpen }
  }

  /// Lets somebody in; `nil` when there are too many.
  func enter(
    _ world: WorldSession, name: String, holds: @escaping @Sendable () -> Bool
  ) -> Person? {
    lock.withLock {
      let room = rooms[world.name] ?? []
      guard room.count < PresenceLimits.peopleOfWorld, count < PresenceLimits.people else { return nil }
      made += 1
      count += 1
      let person = Person("p\(made)", name, world, holds)
      rooms[world.name] = room + [person]
      announce(world.name)
      return person
    }
  }

  /// Somebody goes.
  func leave(_ person: Person) {
    lock.withLock {
      guard var room = rooms[person.world.name], let index = room.firstIndex(where: { $0 === person }) else {
        return
      }
      room.remove(at: index)
      count -= 1
      rooms[person.world.name] = room.isEmpty ? nil : room
      announce(person.world.name)
    }
    person.bell.finish()
  }

  /// Somebody looks elsewhere; `view` is a JSON object.
  func move(_ person: Person, to view: [UInt8]) {
    lock.withLock {
      person.view = view
      for other in rooms[person.world.name] ?? [] where other !== person {
        other.moved.insert(person.id)
        other.bell.yield()
      }
    }
  }

  /// What is new for somebody, as messages.
  func news(for person: Person) -> [String] {
    lock.withLock {
      defer {
        person.hasNewPeople = false
        person.moved = []
      }
      let room = rooms[person.world.name] ?? []
      if person.hasNewPeople { return [PresenceText.people(room.map(\.shown), you: person.id)] }
      return room.filter { person.moved.contains($0.id) }.map { PresenceText.move($0.id, $0.view) }
    }
  }

  /// Has those leave whose credential ended or who may not see their world any more. Call it about once a second.
  public func recallEnded() {
    let all = lock.withLock { rooms.values.flatMap(\.self) }
    for person in all where !person.mayStay { person.bell.finish() }
  }

  /// How many are there.
  var population: Int { lock.withLock { count } }

  /// Call holding `lock`.
  private func announce(_ world: String) {
    for person in rooms[world] ?? [] {
      person.hasNewPeople = true
      person.bell.yield()
    }
  }
}

extension PresenceHub.Person {
  fileprivate var shown: PresenceText.Person {
    PresenceText.Person(id: id, name: name, principal: world.principal.id, view: view)
  }
}

/// Limits of presence.
public enum PresenceLimits {
  /// People in one world.
  public static let peopleOfWorld = 200
  /// People of one data folder.
  public static let people = 2_000
  /// Bytes of a message.
  public static let messageBytes = 16 << 10
  /// Messages of one person a second, in the long run.
  public static let messagesPerSecond = 20
  /// Messages of one person at once.
  public static let messageBurst = 60
  /// Bytes of a name.
  public static let nameBytes = 64
}

/// Presence in JSON.
enum PresenceText {
  struct Person {
    let id: String
    let name: String
    let principal: String
    let view: [UInt8]?
  }

  /// Everybody, and which of them the reader is.
  static func people(_ people: [Person], you: String) -> String {
    var writer = JSONWriter(reserving: 256 * people.count + 64)
    writer.beginObject()
    writer.member("you", you)
    writer.key("people")
    writer.beginArray()
    for person in people {
      writer.beginObject()
      writer.member("id", person.id)
      writer.member("name", person.name)
      writer.member("principal", person.principal)
      view(person.view, &writer)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    return writer.text
  }

  /// Where somebody looks now.
  static func move(_ id: String, _ view: [UInt8]?) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", id)
    self.view(view, &writer)
    writer.endObject()
    return writer.text
  }

  private static func view(_ view: [UInt8]?, _ writer: inout JSONWriter) {
    guard let view else { return }
    writer.key("view")
    writer.raw(view)
  }
}
