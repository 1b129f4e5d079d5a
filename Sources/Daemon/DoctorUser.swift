import Model

/// What came of asking IAM, and the result of the check in the light of it.
struct ExaminedUser {
    var section: DoctorSection<DoctorUser>
    var result: CheckResult?
}

extension Doctor {
    /// Asks IAM about the key and its user, by the second identity.
    func examineUser(_ result: CheckResult?) async -> ExaminedUser {
        ExaminedUser(section: .notAsked("not yet"), result: result)
    }
}
