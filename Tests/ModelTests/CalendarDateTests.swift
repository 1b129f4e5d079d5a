import Model
import Support
import Testing

@Suite struct CalendarDateTests {
    @Test func `days follow one another through four centuries`() {
        // An independent count: one day after the other, by the rules of the Gregorian calendar.
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var seconds: Int64 = -9_214_560_000
        var wrong: [String] = []
        for year in 1_678...2_261 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            for month in 1...12 {
                let length = lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)
                for day in 1...length {
                    let date = CalendarDate(
                        year: year, month: month, day: day, hour: 0, minute: 0, second: 0)
                    let time = WallTime(seconds: seconds)
                    if CalendarDate(time) != date || date.wallTime != time {
                        wrong.append(time.rfc3339)
                    }
                    seconds += 86_400
                }
                let beyond = CalendarDate(
                    year: year, month: month, day: length + 1, hour: 0, minute: 0, second: 0)
                if beyond.wallTime != nil { wrong.append("\(year)-\(month)-\(length + 1)") }
            }
        }
        #expect(wrong == [])
        #expect(seconds == 9_214_646_400)
    }

    @Test func `the ends of the range can be taken apart`() {
        for time in [WallTime(seconds: .min), WallTime(seconds: .max)] {
            #expect(CalendarDate(time).wallTime?.seconds == time.seconds)
        }
        #expect(CalendarDate(WallTime(seconds: .min)).year == 1)
        #expect(CalendarDate(WallTime(seconds: .max)).year == 9_999)
    }

    @Test(arguments: [
        (Int.min, 1, 1, 0, 0, 0), (Int.max, 1, 1, 0, 0, 0), (2_026, 0, 1, 0, 0, 0),
        (2_026, Int.max, 1, 0, 0, 0), (2_026, 1, Int.min, 0, 0, 0), (2_026, 1, 1, -1, 0, 0),
        (2_026, 1, 1, 0, 60, 0), (2_026, 1, 1, 0, 0, 61),
    ])
    func `fields out of range make no time`(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
    ) {
        let date = CalendarDate(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        #expect(date.wallTime == nil)
    }
}
