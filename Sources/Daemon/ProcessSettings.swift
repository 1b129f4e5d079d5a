import CLinux
import Glibc

/// Settles what holds for the whole process, before anything else: where its memory goes, and that
/// secrets stay in it.
package func prepareProcess() {
    credwatch_settle_memory()
    // Neither a core dump nor a debugger of the same user gets at the secrets.
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CORE.rawValue)), &none)
    _ = credwatch_make_undumpable()
    // Dispatch wants a better priority for one of its threads, and would tell the journal of a service
    // without that right about it at each start.
    setenv("LIBDISPATCH_LOG", "NO", 0)
}

/// Gives back the memory of the code that only a start needs; call it when the daemon is ready.
func forgetStartup() {
    credwatch_forget_code()
}
