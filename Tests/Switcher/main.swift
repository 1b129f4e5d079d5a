// Switches one file: for the tests, which kill it, and let many of it race.
//
// credwatch-switch KIND PATH PROFILE COUNT: writes COUNT times, one key after the other; the id of the key is
// AKIA and 16 digits, its secret the same digits.
import Glibc
import Model
import Switching

let arguments = CommandLine.arguments
guard arguments.count >= 5, let first = Int(arguments[4]) else { exit(64) }
let path = arguments[2]
let place: SwitchPlace =
    switch arguments[1] {
    case "credentials": .credentialsFile(path, profile: arguments[3])
    case "config": .configFile(path, profile: arguments[3])
    default: .environmentFile(path)
    }
let last = arguments.count > 5 ? Int(arguments[5]) ?? first : first
let switcher = FileSwitcher()
for number in first...last {
    let digits = String(number)
    let padded = String(repeating: "0", count: 16 - digits.count) + digits
    let keys = WrittenKeys(
        accessKeyID: "AKIA" + padded, secretAccessKey: Secret("secret+/" + padded),
        sessionToken: number % 3 == 0 ? Secret("token+/=" + padded) : nil)
    var clock = timespec()
    clock_gettime(CLOCK_REALTIME, &clock)
    do {
        let file = try switcher.write(keys, to: place, now: WallTime(seconds: Int64(clock.tv_sec)))
        print(file.keptPath ?? "unchanged")
    } catch {
        print(error)
        exit(error.kind == .refused ? 2 : 1)
    }
}
