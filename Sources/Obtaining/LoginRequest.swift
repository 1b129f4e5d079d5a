import Answers
import HTTP
import Model

/// Makes a request to a service that deals with logins: GET, or POST with a document.
func loginRequest(
    _ url: String, _ headers: [HeaderField] = [], posting document: JSONValue? = nil,
    within limit: Duration
) -> HTTPRequest {
    var headers = headers + [.userAgent]
    if document != nil { headers.append(HeaderField("Content-Type", "application/json")) }
    return HTTPRequest(
        method: document == nil ? .get : .post, url: url, headers: headers,
        body: document?.bytes ?? [], connectTimeout: limit.threeQuarters, timeout: limit)
}

/// Joins a service's URL, with a slash at its end or without, and a path.
func joined(_ url: String, _ path: String) -> String {
    (url.hasSuffix("/") ? String(url.dropLast()) : url) + path
}
