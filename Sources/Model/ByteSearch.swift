extension Collection<UInt8> {
    /// The place where a sequence of bytes first begins.
    ///
    /// The standard library's own searches live in its library for regular expressions, 1.3 MB.
    package func firstIndex(ofBytes part: some Collection<UInt8>) -> Index? {
        var start = startIndex
        for _ in 0..<Swift.max(count - part.count + 1, 0) {
            if self[start...].starts(with: part) { return start }
            if start < endIndex { formIndex(after: &start) }
        }
        return nil
    }
}

extension StringProtocol {
    /// Whether a text stands in this one, byte for byte.
    package func holds(_ part: String) -> Bool {
        utf8.firstIndex(ofBytes: part.utf8) != nil
    }
}
