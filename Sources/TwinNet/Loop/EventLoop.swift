import CNet
import Glibc
import Synchronization
import TwinValues

/// One thread that waits for sockets, timers and jobs, and runs what became ready.
///
/// It is a `TaskExecutor`: a task started with it as preference stays on this thread wherever it isn't isolated to
/// an actor, so a handler that waits for the network never pays for a change of thread. A job that blocks or
/// computes for long keeps every connection of the loop waiting; hand such work to the global pool.
///
/// Any thread may call `enqueue` and `perform`. Everything else is for the loop's own thread.
///
/// `@unchecked Sendable`: what other threads touch (`inbox`, the wake-up descriptor) is behind `lock` or immutable;
/// the rest is read and written by the loop's thread only.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
  /// Something with a descriptor that wants to hear of it.
  protocol Watcher: AnyObject {
    /// The descriptor is ready; a broken one counts as readable too. On the loop's thread. The descriptor may
    /// have been closed and given out again in the same turn, so all three are hints.
    func ready(readable: Bool, writable: Bool, broken: Bool)
  }

  private let epoll: Int32
  private let wake: Int32
  private let lock = Lock()
  /// Work from other threads; under `lock`.
  private var inboxJobs: ContiguousArray<UnownedJob> = []
  private var inboxCalls: [@Sendable () -> Void] = []
  private var isWoken = false
  private let threadNumber = Atomic<UInt>(0)

  private var localJobs: ContiguousArray<UnownedJob> = []
  private var runningJobs: ContiguousArray<UnownedJob> = []
  private var soon: [() -> Void] = []
  /// By descriptor.
  private var watchers: ContiguousArray<(any Watcher)?> = []
  private var timers = TimerHeap()
  private var timerCalls: [UInt64: () -> Void] = [:]
  private var nextToken: UInt64 = 1
  /// How many things still need the loop; it ends when it was asked to and this is zero.
  private var holds = 0
  private var isEnding = false

  /// The time at the start of this turn, in nanoseconds of the monotonic clock.
  private(set) var nowNanoseconds = LoopClock.monotonicNanoseconds()
  /// Memory for one read, shared by all connections of the loop.
  let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: EventLoop.scratchBytes, alignment: 16)
  /// What this loop's connections counted.
  let counters = HTTPCounters()
  /// The `date` field's value, renewed once a second.
  var dateText = HTTPDateText()

  static let scratchBytes = 64 << 10
  static let eventsPerTurn = 256

  /// Makes a loop without a thread; `nil` when the system has no descriptors left.
  init?() {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    wake = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard epoll >= 0, wake >= 0 else {
      if epoll >= 0 { close(epoll) }
      if wake >= 0 { close(wake) }
      scratch.deallocate()
      return nil
    }
    control(EPOLL_CTL_ADD, wake, EPOLLIN.rawValue)
  }

  deinit {
    close(epoll)
    close(wake)
    scratch.deallocate()
  }

  /// Whether the caller is on the loop's thread. Any thread.
  var isCurrent: Bool { threadNumber.load(ordering: .relaxed) == UInt(pthread_self()) }

  /// Runs `call` on the loop: at once when already there, else soon. Any thread.
  func perform(_ call: @escaping @Sendable () -> Void) {
    if isCurrent {
      call()
      return
    }
    lock.lock()
    inboxCalls.append(call)
    let wakes = !isWoken
    isWoken = true
    lock.unlock()
    if wakes { eventfd_write(wake, 1) }
  }

  /// Takes a job of a task that prefers this loop. Any thread.
  public func enqueue(_ job: consuming ExecutorJob) {
    let taken = UnownedJob(job)
    if isCurrent {
      localJobs.append(taken)
      return
    }
    lock.lock()
    inboxJobs.append(taken)
    let wakes = !isWoken
    isWoken = true
    lock.unlock()
    if wakes { eventfd_write(wake, 1) }
  }

  /// Runs `call` on this thread after the events of this turn.
  func later(_ call: @escaping () -> Void) { soon.append(call) }

  /// Runs `call` once, `nanoseconds` from the start of this turn. It can't be taken back.
  func after(nanoseconds: UInt64, _ call: @escaping () -> Void) {
    let token = nextToken
    nextToken += 1
    timerCalls[token] = call
    timers.insert(dueNanoseconds: nowNanoseconds &+ nanoseconds, token: token)
  }

  /// Keeps the loop going until `release` was called as often.
  func hold() { holds += 1 }

  /// Takes back one `hold`.
  func release() { holds -= 1 }

  /// Ends the thread once nothing holds the loop.
  func endWhenIdle() { isEnding = true }

  /// Starts hearing of `descriptor`.
  func watch(_ descriptor: Int32, _ watcher: any Watcher, events: UInt32) -> Bool {
    let index = Int(descriptor)
    while watchers.count <= index { watchers.append(nil) }
    watchers[index] = watcher
    return control(EPOLL_CTL_ADD, descriptor, events)
  }

  /// Changes what is heard of.
  func rewatch(_ descriptor: Int32, events: UInt32) { control(EPOLL_CTL_MOD, descriptor, events) }

  /// Stops hearing of `descriptor` and closes it.
  func unwatch(_ descriptor: Int32) {
    watchers[Int(descriptor)] = nil
    control(EPOLL_CTL_DEL, descriptor, 0)
    close(descriptor)
  }

  @discardableResult
  private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32) -> Bool {
    var event = epoll_event()
    event.events = events
    event.data.fd = descriptor
    return epoll_ctl(epoll, operation, descriptor, &event) == 0
  }
}

extension EventLoop {
  /// Runs the loop on the calling thread until it is asked to end and nothing holds it.
  func run() {
    threadNumber.store(UInt(pthread_self()), ordering: .relaxed)
    let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: EventLoop.eventsPerTurn)
    events.initialize(repeating: epoll_event(), count: EventLoop.eventsPerTurn)
    defer { events.deallocate() }
    while !(isEnding && holds == 0 && localJobs.isEmpty && soon.isEmpty) {
      let count = epoll_wait(epoll, events, Int32(EventLoop.eventsPerTurn), waitMilliseconds())
      nowNanoseconds = LoopClock.monotonicNanoseconds()
      var wasWoken = false
      for index in 0..<Int(max(0, count)) {
        let descriptor = events[index].data.fd
        if descriptor == wake {
          wasWoken = true
          continue
        }
        // Looked up each time: an earlier event of this turn may have closed it.
        guard let watcher = watchers[Int(descriptor)] else { continue }
        let flags = events[index].events
        watcher.ready(
          readable: flags & ~EPOLLOUT.rawValue != 0, writable: flags & EPOLLOUT.rawValue != 0,
          broken: flags & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0)
      }
      if wasWoken { takeInbox() }
      while let token = timers.popDue(now: nowNanoseconds) { timerCalls.removeValue(forKey: token)?() }
      runJobs()
      runSoon()
    }
    threadNumber.store(0, ordering: .relaxed)
  }

  private func waitMilliseconds() -> Int32 {
    if !localJobs.isEmpty || !soon.isEmpty || isEnding && holds == 0 { return 0 }
    guard let next = timers.nextNanoseconds else { return -1 }
    let now = LoopClock.monotonicNanoseconds()
    if next <= now { return 0 }
    return Int32(clamping: (next - now + 999_999) / 1_000_000)
  }

  private func takeInbox() {
    var count: eventfd_t = 0
    eventfd_read(wake, &count)
    lock.lock()
    let jobs = inboxJobs
    let calls = inboxCalls
    inboxJobs = []
    inboxCalls = []
    isWoken = false
    lock.unlock()
    for call in calls { call() }
    let executor = asUnownedTaskExecutor()
    for job in jobs { job.runSynchronously(on: executor) }
  }

  /// Runs the jobs queued so far, and those they queue, for a bounded number of rounds: sockets get their turn.
  private func runJobs() {
    let executor = asUnownedTaskExecutor()
    var rounds = 0
    while !localJobs.isEmpty, rounds < 16 {
      swap(&localJobs, &runningJobs)
      for job in runningJobs { job.runSynchronously(on: executor) }
      runningJobs.removeAll(keepingCapacity: true)
      rounds += 1
    }
  }

  private func runSoon() {
    if soon.isEmpty { return }
    let calls = soon
    soon = []
    for call in calls { call() }
  }
}
