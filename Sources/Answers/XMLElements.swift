extension XMLScanner {
    /// Calls a closure at the end of each element, with the names on the way to it and its text.
    ///
    /// Elements deeper than `deepest` are passed over, and texts are cut at `longest` bytes: AWS's answers
    /// are flat and their values short.
    static func forEachElement(
        in body: [UInt8], deepest: Int = 16, longest: Int = 4_096,
        _ visit: (_ path: [String], _ text: [UInt8]) -> Void
    ) {
        var scanner = XMLScanner(body)
        var path: [String] = []
        var depth = 0
        var text: [UInt8] = []
        func close() {
            if depth == path.count, depth > 0 {
                visit(path, text)
                path.removeLast()
            }
            depth = max(depth - 1, 0)
            text.removeAll(keepingCapacity: true)
        }
        while let token = scanner.next() {
            switch token {
            case .start(let name, let isEmpty):
                if depth == path.count, depth < deepest {
                    path.append(String(decoding: body[name].prefix(128), as: UTF8.self))
                }
                depth += 1
                text.removeAll(keepingCapacity: true)
                if isEmpty { close() }
            case .end: close()
            case .text(let range):
                guard text.count < longest else { continue }
                let end = min(range.upperBound, range.lowerBound + longest)
                scanner.appendText(range.lowerBound..<end, to: &text)
            case .literal(let range):
                text += body[range].prefix(max(longest - text.count, 0))
            }
        }
    }
}
