// The argument parser refers to two things in FoundationEssentials: it asks whether an error is a
// LocalizedError, and it writes JSON for its experimental option --experimental-dump-help. For these
// the linker would take in all of that library and the regular expressions that it uses, 6 MB.
//
// `make build` compiles this module under the ABI name FoundationEssentials and defines
// FOUNDATION_STAND_IN, so that the references end here. Should a later parser refer to more, the library
// comes in again and the linker refuses what is then defined twice: remove this module in that case.

#if FOUNDATION_STAND_IN
    import Glibc

    /// No error of credwatch conforms to it, so no cast to it succeeds.
    public protocol LocalizedError: Error {
        var errorDescription: String? { get }
        var failureReason: String? { get }
        var recoverySuggestion: String? { get }
        var helpAnchor: String? { get }
    }

    /// The parser's first step is to make one, and that ends the process.
    public class JSONEncoder {
        public struct OutputFormatting: Sendable {
            public static let prettyPrinted = OutputFormatting()
            public static let sortedKeys = OutputFormatting()
        }

        public init() {
            let words: StaticString = "credwatch: this build has no help in JSON\n"
            _ = write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
            exit(EX_USAGE)
        }
    }

    public struct Data: Sendable {}

    extension String {
        public struct Encoding: Sendable {
            public static let utf8 = Encoding()
        }

        public init?(data: __shared Data, encoding: Encoding) {
            return nil
        }
    }
#endif
