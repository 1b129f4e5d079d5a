import Support
import Testing

@testable import Daemon

struct FIFOTests {
    @Test func `an empty queue gives nothing`() {
        var queue = FIFO<Int>()
        #expect(queue.isEmpty)
        #expect(queue.popFirst() == nil)
        #expect(queue.count == 0)
    }

    @Test(arguments: UInt64(1)...8)
    func `it does as an array does, whatever is asked of it`(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = FIFO<Int>()
        var model: [Int] = []
        for step in 0..<5_000 {
            switch Int.random(in: 0..<100, using: &generator) {
            // In waves, so that it grows far beyond what it tidies up at, and runs empty.
            case ..<(step / 500 % 2 == 0 ? 60 : 30):
                queue.append(step)
                model.append(step)
            case ..<99:
                #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            default:
                let kept = Int.random(in: 0..<4, using: &generator)
                queue.removeAll { $0 % 4 == kept }
                model.removeAll { $0 % 4 == kept }
            }
            #expect(queue.count == model.count)
            #expect(queue.isEmpty == model.isEmpty)
        }
        while let next = queue.popFirst() { #expect(next == model.removeFirst()) }
        #expect(model.isEmpty)
    }
}
