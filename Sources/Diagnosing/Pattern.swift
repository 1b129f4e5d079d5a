/// Returns whether a text fits a pattern in which `*` stands for any run of characters, also none.
///
/// The time is bounded by the product of the lengths, whatever a server puts into the text.
func matches(_ text: String, pattern: String) -> Bool {
    let text = Array(text.utf8)
    let pattern = Array(pattern.utf8)
    let star = UInt8(ascii: "*")
    var (position, place) = (0, 0)
    // Where the latest star stands, and how far the text goes that it swallows for now.
    var (latestStar, swallowed): (Int?, Int) = (nil, 0)
    while position < text.count {
        if place < pattern.count, pattern[place] == star {
            (latestStar, swallowed) = (place, position)
            place += 1
        } else if place < pattern.count, pattern[place] == text[position] {
            place += 1
            position += 1
        } else if let latestStar {
            swallowed += 1
            (place, position) = (latestStar + 1, swallowed)
        } else {
            return false
        }
    }
    return pattern[place...].allSatisfy { $0 == star }
}
