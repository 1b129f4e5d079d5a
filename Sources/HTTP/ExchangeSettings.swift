import CCurl
import Model

extension Exchange {
    /// Sets what is the same for every request.
    func setUp() {
        credwatch_curl_set_pointer(easy, CURLOPT_PRIVATE, Unmanaged.passUnretained(self).toOpaque())
        credwatch_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, words)
        credwatch_curl_set_writer(easy, receiveBytes)
        credwatch_curl_set_pointer(
            easy, CURLOPT_WRITEDATA, Unmanaged.passUnretained(self).toOpaque())
        // Signals are the process's; and a lookup that hangs must not hold up the thread when its
        // request ends.
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        credwatch_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_PIPEWAIT, 0)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        // The path that was signed is the path that is sent.
        set(CURLOPT_PATH_AS_IS, 1)
        // Bytes without a status line are an answer too: somebody else's.
        set(CURLOPT_HTTP09_ALLOWED, 1)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // Answers are small; the default of 16 KiB for each handle would be memory for nothing.
        set(CURLOPT_BUFFERSIZE, 4_096)
        credwatch_curl_set_offset(
            easy, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(options.largestAnswer))
        setTrust()
        switch options.proxy {
        case .environment: break
        case .none: credwatch_curl_set_string(easy, CURLOPT_PROXY, "")
        case .url(let url): credwatch_curl_set_string(easy, CURLOPT_PROXY, url)
        }
        if let connectTo { credwatch_curl_set_list(easy, CURLOPT_CONNECT_TO, connectTo) }
    }

    func setTrust() {
        switch trust {
        case .file(let path):
            credwatch_curl_set_string(easy, CURLOPT_CAINFO, path)
            credwatch_curl_set_string(easy, CURLOPT_CAPATH, nil)
        case .folder(let path):
            credwatch_curl_set_string(easy, CURLOPT_CAINFO, nil)
            credwatch_curl_set_string(easy, CURLOPT_CAPATH, path)
        }
    }

    /// Sets what differs from the request before.
    func apply(_ request: HTTPRequest, cacheSeconds: Int) {
        if request.url != settings.url {
            setURL(request.url)
        }
        if request.method != settings.method || request.body != settings.body {
            switch request.method {
            case .get, .put: set(CURLOPT_HTTPGET, 1)
            case .head: set(CURLOPT_NOBODY, 1)
            case .post:
                set(CURLOPT_POST, 1)
                credwatch_curl_set_offset(
                    easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
                // The zero keeps the address of an empty body from being nil.
                (request.body + [0]).withUnsafeBytes {
                    _ = credwatch_curl_set_string(
                        easy, CURLOPT_COPYPOSTFIELDS,
                        $0.baseAddress?.assumingMemoryBound(to: CChar.self))
                }
            }
        }
        if request.method != settings.method {
            credwatch_curl_set_string(
                easy, CURLOPT_CUSTOMREQUEST, request.method == .put ? "PUT" : nil)
        }
        if request.usesProxy != settings.usesProxy {
            credwatch_curl_set_string(easy, CURLOPT_NOPROXY, request.usesProxy ? nil : "*")
        }
        if request.pinnedAddress != settings.pinnedAddress {
            setPin(request.pinnedAddress)
        }
        if request.timeout != settings.timeout {
            set(CURLOPT_TIMEOUT_MS, Self.milliseconds(request.timeout))
        }
        if request.connectTimeout != settings.connectTimeout {
            set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(request.connectTimeout))
        }
        if cacheSeconds != self.cacheSeconds {
            set(CURLOPT_CA_CACHE_TIMEOUT, cacheSeconds)
            self.cacheSeconds = cacheSeconds
        }
        settings = request
        settings.headers = []
    }

    /// Sends every connection to an address, or back to where it belongs.
    private func setPin(_ address: String?) {
        let old = pin
        // An empty host and port stand for any, or for those of the URL.
        pin = address.flatMap {
            curl_slist_append(nil, $0.contains(":") ? "::[\($0)]:" : "::\($0):")
        }
        credwatch_curl_set_list(easy, CURLOPT_CONNECT_TO, pin ?? connectTo)
        curl_slist_free_all(old)
    }

    private func setURL(_ url: String) {
        credwatch_curl_set_string(easy, CURLOPT_URL, url)
        let code = curl_url_set(parsed, CURLUPART_URL, url, UInt32(CURLU_PATH_AS_IS))
        // One that cannot be taken apart fails with libcurl's own words.
        credwatch_curl_set_pointer(
            easy, CURLOPT_CURLU, code == CURLUE_OK ? UnsafeMutableRawPointer(parsed) : nil)
    }

    func set(_ option: CURLoption, _ value: Int) {
        credwatch_curl_set_long(easy, option, value)
    }

    /// A time limit for libcurl, where 0 would mean none.
    static func milliseconds(_ duration: Duration) -> Int {
        Int(min(max(duration.nanoseconds / 1_000_000, 1), 24 * 3_600_000))
    }
}
