/// A service of AWS that speaks the query protocol: a form in, XML out.
package enum AWSQueryService: String, Sendable, Hashable, CaseIterable {
    case iam, sts

    /// The version of its interface, as each form names it.
    package var version: String {
        switch self {
        case .iam: "2010-05-08"
        case .sts: "2011-06-15"
        }
    }
}
