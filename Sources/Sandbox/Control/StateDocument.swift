import Model

extension SandboxState {
    /// Writes what the sandbox knows as JSON; no secret and no session token is in it.
    var document: [UInt8] {
        var json = JSONWriter(pretty: true)
        json.object { root in
            root.member("time", now)
            root.member("calls", callCount)
            root.object("faults", write(faults:))
            root.array("accounts") { list in
                for account in world.accounts.values.sorted(by: { $0.id < $1.id }) {
                    list.object { write(account, &$0) }
                }
            }
            root.array("sessions") { list in
                for session in world.sessions.values.sorted(by: { $0.id < $1.id }) {
                    list.object { object in
                        object.member("access_key_id", session.id)
                        object.member("arn", world.identity(of: session.principal)?.arn)
                        object.member("expires_at", session.expiresAt)
                    }
                }
            }
            root.array("deleted_keys") { list in
                for id in world.deletedKeys.keys.sorted() { list.element(id) }
            }
        }
        json.finish()
        return json.bytes
    }

    private func write(faults object: inout JSONWriter) {
        object.member("clock_offset", faults.clockOffset.text)
        object.member("throttle", faults.isThrottling)
        object.member("outage", faults.isOut)
        object.member("latency", faults.latency.text)
        object.array("refuse_regions") { list in
            for region in faults.refusedRegions.sorted() { list.element(region) }
        }
        object.member("propagation_delay", faults.propagationDelay.text)
        object.member("propagation_flap", faults.propagationFlap.text)
        object.member("secret_hold", faults.secretHold.text)
        object.member("alter_signatures", faults.altersSignatures)
        object.member("cut_provider_off", faults.cutsProviderOff)
        object.member("throttle_iam", faults.throttlesIAM)
        object.array("deny_actions") { list in
            for action in faults.deniedActions.sorted() { list.element(action) }
        }
        object.member("page_size", faults.pageSize)
    }

    private func write(_ account: Account, _ object: inout JSONWriter) {
        object.member("account", account.id)
        object.array("users") { list in
            for user in account.users.values.sorted(by: { $0.name < $1.name }) {
                list.object { write(user, &$0) }
            }
        }
        object.array("roles") { list in
            for role in account.roles.values.sorted(by: { $0.name < $1.name }) {
                list.object { entry in
                    entry.member("name", role.name)
                    entry.member("arn", role.arn)
                }
            }
        }
    }

    private func write(_ user: User, _ object: inout JSONWriter) {
        object.member("name", user.name)
        object.member("arn", user.arn)
        object.member("may_use_iam", user.mayUseIAM)
        object.member("quarantined", user.isQuarantined)
        object.array("keys") { list in
            for key in user.keyIDs.compactMap({ world.keys[$0] }) {
                list.object { entry in
                    entry.member("access_key_id", key.id)
                    entry.member("status", key.status)
                    entry.member("created_at", key.createdAt)
                    entry.member("last_used_at", key.lastUse?.at)
                    entry.member("last_used_region", key.lastUse?.region)
                    entry.member("last_used_service", key.lastUse?.service)
                }
            }
        }
    }
}
