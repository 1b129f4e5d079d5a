package import Model

extension EventKind {
    /// The MESSAGE_ID of this kind of entry: 128 random bits as 32 hex digits, fixed for ever.
    ///
    /// `journalctl MESSAGE_ID=…` finds all entries of a kind, whatever their wording becomes.
    package var messageID: String {
        switch self {
        case .daemonStarted: "883381a44053437496ba48a1b78e5595"
        case .daemonStopping: "5f5829a5da0542d6a2ffda495fc8bf44"
        case .configReloaded: "8aab65ba1abc48889cc1d4ee4f021fb2"
        case .configRefused: "2e28eeccaff84b1ba966f7692bd7df46"
        case .profileHealthy: "750a9028d8ae4de9b72875464f2d0b7c"
        case .profileFailing: "183bce11afa64dc7a7eb4c64e00d999d"
        case .profileUnknown: "d6c4eecd316443f793cc790c9e894d4a"
        case .credentialsEnding: "e6f8fa3ee3493d2d4f5c6e308ef2af31"
        case .credentialsEnded: "e6fae1ab45e514b00bbfc71781d314b1"
        case .warning: "a034e8ffa5474818b36f293c9535d4a3"
        case .warningOver: "5934751b37d44211a34f485ce77de34f"
        case .groupConfirming: "913b89bafceb45aa8b21b970f81f62f7"
        case .groupReady: "2905734c3b5943bf81dd51d924773dcc"
        case .groupBlocked: "857de61d1c8b4a918c4723039be0137f"
        case .failoverStarted: "7cb567bf810548d293f264222aeb1823"
        case .failedOver: "16390843bf2d435f886679d582b339c2"
        case .failoverFailed: "7bc291b5644540ad8a4c9c52f28ec9b8"
        case .primaryRecovered: "594cbd4c059e4c22b1ecf197c47c43de"
        case .failedBack: "9345abedeec04c0b915d290251c84467"
        case .hookStarted: "715a0e837ce24a3b9dc3951d464f4079"
        case .hookFinished: "f2b2c1506ff748a29f5b70fee0f6fdda"
        case .hookOutput: "58edabaa857c4c68a18a0369872175f6"
        case .hookUnusable: "cd24c4bda09141b9a0330dffb2498790"
        case .statusFileFailed: "fcf00d9928004d76bf1f3631330a630a"
        case .statusFileRestored: "6a1714697e8a46ffbeb653619d960750"
        case .stateFileFailed: "7bb1ac7799e04f9282bbe2e3f00c44e4"
        case .stateFileRestored: "f5a60ccad6e347ee8dcb89740a9b5832"
        case .stateFileSetAside: "87eed2b3b4fa4738b5c8d2dd2e422889"
        case .metricsUnserved: "3570ef73ac0341cb904519679ef6f77c"
        case .metricsServed: "9247ca495eb3454c9e3e76b9546f7ecd"
        case .clockJumped: "0dc40d3a8a484164bebf9f15773f58c4"
        case .resumedFromSuspend: "882df63a0b464a4e9f365976aede5179"
        case .heartbeatFailed: "389a2f7d697e4ba48d8e9ca0bbb24efa"
        case .heartbeatRestored: "9d4d3bfd31e248ff876dedb4b587cd0c"
        case .keyRotated: "b7c81f0d3a6e4c0f9f52a1be6c8d4471"
        case .rotationFailed: "3d0e5a92c1f74b86a4e9d07c52b8f163"
        case .commandReceived: "dc60bdfaf5374d4d942a948297ff850d"
        case .dailySummary: "ea3ca681442f4f92bc065d843bd4e1f6"
        case .entriesLost: "832657675a2a4930b612fc5ec05fd936"
        case .internalProblem: "44fbc5bf59a04530ba663bd9e89dfbd7"
        }
    }
}
