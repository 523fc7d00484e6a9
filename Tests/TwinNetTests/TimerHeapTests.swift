import Testing

@testable import TwinNet

extension NetTests {
  @Suite struct TimerHeapTests {
    @Test func deadlinesComeUpInOrder() {
      var heap = TimerHeap()
      var seed: UInt64 = 7
      for token in 0..<1000 as Range<UInt64> {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        heap.insert(dueNanoseconds: seed >> 40, token: token)
      }
      #expect(heap.popDue(now: 0) == nil)
      var last: UInt64 = 0
      while let next = heap.nextNanoseconds {
        #expect(next >= last)
        last = next
        #expect(heap.popDue(now: next) != nil)
      }
      #expect(heap.count == 0)
    }
  }
}
