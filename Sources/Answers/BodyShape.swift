/// What a body looks like that is none of AWS's, in words for a sentence.
package enum BodyShape: String {
    case empty = "an empty answer"
    case html = "an HTML page"
    case xml = "an XML document that is not AWS's"
    case json = "JSON that is not AWS's"
    case text = "text"
    case binary = "binary data"

    package init(_ body: [UInt8]) {
        let start = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body[...]
        let content = start.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard let first = content.first else {
            self = .empty
            return
        }
        if first == UInt8(ascii: "<") {
            self = Self.isHTML(content) ? .html : .xml
        } else if JSONErrorBody.decoded(Array(content)) != nil {
            self = .json
        } else {
            let sample = content.prefix(1_024)
            let isText = sample.allSatisfy { byte in
                byte >= 0x20 && byte != 0x7F || (0x09...0x0D).contains(byte) || byte == 0x1B
            }
            self =
                isText && Self.isUTF8(sample, cut: content.count > sample.count) ? .text : .binary
        }
    }

    /// Whether one of the first tags is one of HTML's.
    private static func isHTML(_ content: ArraySlice<UInt8>) -> Bool {
        let head = content.prefix(1_024).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let marks: [StaticString] = [
            "<!doctype html", "<html", "<head", "<body", "<title", "<script", "<meta", "<center",
        ]
        return head.indices.contains { place in
            head[place] == UInt8(ascii: "<")
                && marks.contains { mark in
                    mark.withUTF8Buffer { head[place...].starts(with: $0) }
                }
        }
    }

    /// Whether bytes are UTF-8; if they are `cut`, the last character may lack its end.
    private static func isUTF8(_ bytes: ArraySlice<UInt8>, cut: Bool) -> Bool {
        (0...(cut ? 3 : 0)).contains { count in
            String(validating: bytes.dropLast(count), as: UTF8.self) != nil
        }
    }
}
