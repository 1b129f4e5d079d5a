import Model
import Testing

@testable import Reporting

@Suite struct SparklineTests {
    private let history =
        History(letters: "fhhhhhhhhhhhhhhhhhhhhhhh----uuhhhhhhhhhhhhhhhhhf") ?? History()

    @Test(arguments: [
        (200, true, "█▁▁▁▁▁▁▁▁▁▁▁··▄▁▁▁▁▁▁▁▁█"), (110, false, "#___________..?________#"),
        (109, true, "█▁▁▁▁▁·▄▁▁▁█"), (60, false, "#_____.?___#"),
    ])
    func drawsTheWorstOfEachShare(width: Int, isUnicode: Bool, text: String) {
        let line = Sparkline(for: TableStyle(width: width, isUnicode: isUnicode))
        #expect(line?.text(history) == text)
    }

    @Test func aNarrowTerminalHasNoRoomForIt() {
        #expect(Sparkline(for: TableStyle(width: 59)) == nil)
    }

    @Test func eachRunOfSignsHasItsColour() throws {
        let line = try #require(Sparkline(for: TableStyle(width: 60)))
        #expect(
            line.colored("..__#")
                == "\u{1B}[2m..\u{1B}[0m\u{1B}[32m__\u{1B}[0m\u{1B}[1;31m#\u{1B}[0m")
    }
}
