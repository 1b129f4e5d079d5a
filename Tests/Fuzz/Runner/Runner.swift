import FuzzTargets
import Glibc

/// The target that CREDWATCH_FUZZ names.
let target: FuzzTarget = {
    let name = getenv("CREDWATCH_FUZZ").map { String(cString: $0) } ?? ""
    if let target = FuzzTarget(rawValue: name) { return target }
    print("CREDWATCH_FUZZ has to be one of:", FuzzTarget.allCases.map(\.rawValue))
    exit(64)
}()

#if FUZZING
    /// What libFuzzer, which brings the main program, calls with each of its inputs.
    @_cdecl("LLVMFuzzerTestOneInput")
    package func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        target.run(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
    }
#else
    /// Without libFuzzer: reads the files that are named, one after the other.
    @main
    struct Replay {
        static func main() {
            for path in CommandLine.arguments.dropFirst() {
                guard let file = fopen(path, "re") else {
                    print("\(path) cannot be opened")
                    exit(66)
                }
                var bytes: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 65_536)
                while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
                    bytes += chunk[..<count]
                }
                fclose(file)
                target.run(bytes)
                print("\(path): no harm done")
            }
        }
    }
#endif
