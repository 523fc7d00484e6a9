import TwinValues

/// One loop's connections to a broadcast. Confined to the loop's thread.
///
/// `@unchecked Sendable`: references are carried to the loop in blocks; everything mutable is touched there only.
final class BroadcastList: @unchecked Sendable {
  /// One connection and where it stands.
  final class Member: @unchecked Sendable {
    // `@unchecked Sendable`: touched on the loop only; others carry a reference to it.
    let outlet: any BroadcastOutlet
    let ticket: UInt64
    var position: UInt64
    fileprivate var waiter: UnsafeContinuation<Broadcast.Exit, Never>?
    fileprivate weak var list: BroadcastList?
    fileprivate var index = 0
    fileprivate var isCancelled = false
    /// Whether it was up to date once.
    fileprivate var isLive = false
    fileprivate var wroteSinceBeat = false

    init(_ outlet: any BroadcastOutlet, _ ticket: UInt64, _ position: UInt64) {
      self.outlet = outlet
      self.ticket = ticket
      self.position = position
    }

    /// Its task was cancelled, perhaps before it joined.
    func cancel() {
      isCancelled = true
      list?.remove(self, .gone)
    }
  }

  let loop: EventLoop
  private weak var broadcast: Broadcast?
  private var start: UInt64?
  private var isEnded: Bool
  private var pieces: ContiguousArray<Broadcast.Piece>
  private var bytes: Int
  private var members: ContiguousArray<Member> = []
  private let heartbeatNanoseconds: UInt64
  private var isBeating = false

  // The pass under way: members before `next` have been looked at.
  private var next = 0
  private var isPassing = false
  private var passesAgain = false
  private var beatsInPass: Broadcast.Piece?

  /// Connections written to before others get their turn: about half a millisecond.
  static let membersPerTurn = 64

  init(
    _ broadcast: Broadcast, _ loop: EventLoop, start: UInt64?, pieces: ContiguousArray<Broadcast.Piece>,
    isEnded: Bool, heartbeatMilliseconds: Int
  ) {
    self.isEnded = isEnded
    self.broadcast = broadcast
    self.loop = loop
    self.start = start
    self.pieces = pieces
    bytes = pieces.reduce(0) { $0 + $1.bytes.count }
    heartbeatNanoseconds = UInt64(max(0, heartbeatMilliseconds)) * 1_000_000
  }

  // MARK: Joining and leaving

  /// Adds a connection; resumes its waiter once it is taken out again.
  func join(_ member: Member, _ waiter: UnsafeContinuation<Broadcast.Exit, Never>) {
    if member.isCancelled { return waiter.resume(returning: .gone) }
    if isEnded { return waiter.resume(returning: .ended) }
    if let start, isBefore(member.position, start) {
      return waiter.resume(returning: .behind(member.position, wasLive: false))
    }
    member.waiter = waiter
    member.list = self
    member.index = members.count
    members.append(member)
    if members.count == 1 { beatLater() }
    bring(member)
    member.outlet.settle()
  }

  /// Whether a position is before all that can be told here.
  private func isBefore(_ position: UInt64, _ start: UInt64) -> Bool {
    position < pieces.first?.after ?? start
  }

  /// Takes a connection out.
  func remove(_ member: Member, _ exit: Broadcast.Exit) {
    guard let waiter = member.waiter else { return }
    member.waiter = nil
    member.list = nil
    let last = members.removeLast()
    if last !== member {
      members[member.index] = last
      last.index = member.index
    }
    waiter.resume(returning: exit)
    if members.isEmpty { broadcast?.drop(loop) }
  }

  // MARK: Pieces

  func open(at position: UInt64) {
    start = position
    // From the end: removing moves the last one to the place that became free.
    for member in members.reversed() where isBefore(member.position, position) {
      remove(member, .behind(member.position, wasLive: false))
    }
  }

  func end() {
    isEnded = true
    for member in members.reversed() { remove(member, .ended) }
  }

  func add(_ piece: Broadcast.Piece) {
    pieces.append(piece)
    bytes += piece.bytes.count
    while bytes > Broadcast.keptBytes, pieces.count > 1, let oldest = pieces.first {
      bytes -= oldest.bytes.count
      pieces.removeFirst()
      start = oldest.through
    }
    pass()
  }

  /// Brings every member up to the newest piece, some at a time.
  private func pass() {
    if isPassing {
      passesAgain = true
      return
    }
    isPassing = true
    next = members.count
    goOn()
  }

  /// Members are looked at from the last to the first: one taken out leaves its place to one that was seen.
  private func goOn() {
    var left = BroadcastList.membersPerTurn
    while next > 0, left > 0 {
      next -= 1
      left -= 1
      if next < members.count { bring(members[next]) }
    }
    if next > 0 {
      loop.later { self.goOn() }
      return
    }
    isPassing = false
    beatsInPass = nil
    if passesAgain {
      passesAgain = false
      pass()
    }
  }

  private func bring(_ member: Member) {
    if let beat = beatsInPass, member.position >= pieces.last?.through ?? 0 {
      if !member.wroteSinceBeat, member.outlet.hasRoom, !member.outlet.push(member.ticket, beat) {
        return remove(member, .gone)
      }
      member.wroteSinceBeat = false
      return
    }
    defer { member.isLive = member.list != nil }
    guard let newest = pieces.last, member.position < newest.through else { return }
    var index = pieces.count - 1
    while index > 0, pieces[index - 1].through > member.position { index -= 1 }
    while index < pieces.count {
      let piece = pieces[index]
      // Before it, or in the middle of it: this one has to find its way by itself.
      guard piece.after <= member.position, member.position < piece.first, member.outlet.hasRoom else {
        return remove(member, .behind(member.position, wasLive: member.isLive))
      }
      guard member.outlet.push(member.ticket, piece) else { return remove(member, .gone) }
      member.position = piece.through
      member.wroteSinceBeat = true
      index += 1
    }
  }

  // MARK: Heartbeats

  private func beatLater() {
    if heartbeatNanoseconds == 0 || isBeating { return }
    isBeating = true
    loop.after(nanoseconds: heartbeatNanoseconds) { [weak self] in self?.beat() }
  }

  private func beat() {
    isBeating = false
    if members.isEmpty { return }
    if !isPassing {
      beatsInPass = broadcast?.heartbeatPiece()
      pass()
    }
    beatLater()
  }
}

extension Broadcast {
  /// A way to take one reader out from elsewhere: once called, whatever it follows or goes to follow lets it go with
  /// `.gone`. Any thread.
  ///
  /// `@unchecked Sendable`: `wasCalled` and `end` are touched only while holding `lock`.
  public final class Recall: @unchecked Sendable {
    private let lock = Lock()
    private var wasCalled = false
    private var end: (@Sendable () -> Void)?

    /// Not called yet.
    public init() {}

    /// Whether it was called.
    public var isCalled: Bool { lock.withLock { wasCalled } }

    /// Takes the reader out.
    public func call() {
      let end = lock.withLock {
        wasCalled = true
        return self.end
      }
      end?()
    }

    /// What ends the wait under way; `false` when it was called already.
    fileprivate func begin(_ end: @escaping @Sendable () -> Void) -> Bool {
      lock.withLock {
        self.end = end
        return !wasCalled
      }
    }

    fileprivate func finish() { lock.withLock { end = nil } }
  }

  /// Adds a connection and waits, as its task, until it is taken out.
  func follow(
    _ outlet: any BroadcastOutlet & Sendable, _ ticket: UInt64, on loop: EventLoop, after position: UInt64,
    until recall: Recall?
  ) async -> Exit {
    let member = BroadcastList.Member(outlet, ticket, position)
    guard recall?.begin({ loop.perform { member.cancel() } }) ?? true else { return .gone }
    defer { recall?.finish() }
    return await withTaskCancellationHandler {
      await withUnsafeContinuation { waiter in
        loop.perform { self.list(loop).join(member, waiter) }
      }
    } onCancel: {
      loop.perform { member.cancel() }
    }
  }
}
