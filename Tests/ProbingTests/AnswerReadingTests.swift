import Answers
import HTTP
import Model
import Testing

@testable import Probing

@Suite struct AnswerReadingTests {
    @Test(arguments: [
        ("", BodyShape.empty), (" \r\n\t", .empty), ("\u{FEFF} ", .empty),
        ("<!DOCTYPE HTML PUBLIC>", .html), ("  <HTML>", .html),
        ("<!-- x -->\n<html>", .html), ("<?xml version='1.0'?><html xmlns='x'>", .html),
        ("<feed/>", .xml), ("<", .xml),
        ("{}", .json), ("[1, 2]", .json), ("{\"a\": {}}", .json), ("{not json", .text),
        ("upstream connect error", .text), ("träge", .text), ("\u{1}\u{2}", .binary),
        ("text with a \0", .binary),
    ])
    func namesTheShapeOfABody(text: String, shape: BodyShape) {
        #expect(BodyShape(Array(text.utf8)) == shape)
    }

    @Test func namesBytesThatAreNoText() {
        #expect(BodyShape([0xFF, 0xFE, 0x41]) == .binary)
        // A character that the first kilobyte cuts in two.
        let long = [UInt8](repeating: 0x61, count: 1_023) + Array("ä".utf8)
        #expect(BodyShape(long) == .text)
        // Deep nesting is no reason to crash.
        #expect(BodyShape([UInt8](repeating: 0x5B, count: 1 << 20)) == .text)
    }

    @Test(arguments: [
        (#"{"__type": "ExpiredTokenException", "message": "m"}"#, "ExpiredTokenException"),
        (#"{"__type": "a.b#AccessDenied:http://x", "Message": "m"}"#, "AccessDenied"),
        (#"{"Error": {"Code": "Throttling", "Message": "m"}, "RequestId": "x"}"#, "Throttling"),
        (#" {"code": "Throttling", "message": "m"}"#, "Throttling"),
    ])
    func readsErrorsInJSON(text: String, code: String) {
        #expect(
            JSONErrorBody.decoded(Array(text.utf8))?.error
                == ServiceError(code: code, message: "m"))
    }

    @Test(arguments: [
        "{}", "[]", #"{"__type": 1}"#, #"{"message": "Missing Authentication Token"}"#,
        #"{"__type": "two words"}"#, ##"{"__type": "#"}"##, "{\"__type\": \"A", "null",
    ])
    func takesNoOtherJSONForAnError(text: String) {
        #expect(JSONErrorBody.decoded(Array(text.utf8))?.error == nil)
    }

    @Test(arguments: [
        (302, "https://portal.example.net:8080/x?y#z", "a redirect to portal.example.net"),
        (301, "/login", "a redirect"), (307, "https://me:pw@host/", "a redirect"),
        (200, "https://portal.example.net", "an HTML page"),
        (404, nil, "an HTML page with HTTP status 404"),
        (302, nil, "an HTML page"),
    ])
    func namesRedirectsByTheirHost(status: Int, location: String?, what: String) {
        let outcome = ProbeOutcome(
            reading: HTTPResponse(
                status: status, body: Array("<html>".utf8), location: location), skew: nil)
        guard case .notAWS(let seen, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(seen == what)
    }

    @Test(arguments: [
        ("id-1", "id-1"), (nil, nil), ("", nil), ("two words", nil), ("\u{1B}[2J", nil),
        (String(repeating: "x", count: 200), nil),
    ])
    func believesOnlyARequestIDThatCanBeShown(sent: String?, kept: String?) {
        let outcome = ProbeOutcome(
            reading: HTTPResponse(status: 200, requestID: sent), skew: nil)
        guard case .notAWS(_, let details) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(details.requestID == kept)
    }
}
