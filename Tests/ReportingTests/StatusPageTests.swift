import FoundationEssentials
import Model
import Support
import Testing

@testable import Reporting

/// The page against Python's own parser of HTML, which knows nothing of this program.
@Suite struct StatusPageTests {
    /// Prints each tag with its attributes, then all text, by which a test sees what is markup.
    private static let parser = """
        import hashlib, base64, html.parser, json, sys
        class Reader(html.parser.HTMLParser):
            def __init__(self):
                super().__init__(convert_charrefs=True)
                self.tags, self.text, self.open, self.style = set(), [], [], ""
                self.policy, self.problems, self.refresh = "", [], None
            def handle_starttag(self, tag, attributes):
                for name, value in attributes:
                    self.tags.add(tag + " " + name)
                self.tags.add(tag)
                values = dict(attributes)
                if values.get("http-equiv") == "Content-Security-Policy": self.policy = values["content"]
                if values.get("http-equiv") == "refresh": self.refresh = values["content"]
                if "aria-label" in values: self.text.append(values["aria-label"])
                if tag not in ("meta", "br", "path"): self.open.append(tag)
            def handle_startendtag(self, tag, attributes):
                self.handle_starttag(tag, attributes)
            def handle_endtag(self, tag):
                if not self.open or self.open.pop() != tag: self.problems.append("closes " + tag)
            def handle_data(self, data):
                if self.open and self.open[-1] == "style": self.style += data
                else: self.text.append(data)
            def handle_comment(self, data): self.problems.append("comment")
            def unknown_decl(self, data): self.problems.append("declaration")
        reader = Reader()
        reader.feed(sys.stdin.buffer.read().decode("utf-8", "strict"))
        reader.close()
        reader.problems += ["open " + tag for tag in reader.open]
        print(json.dumps({"tags": sorted(reader.tags), "problems": reader.problems,
            "policy": reader.policy, "refresh": str(reader.refresh), "text": "".join(reader.text),
            "hash": "sha256-" + base64.b64encode(hashlib.sha256(reader.style.encode()).digest()).decode()}))
        """

    private func read(_ page: [UInt8]) async throws -> JSON {
        let outcome = try await Subprocess.run("python3", ["-c", Self.parser], input: page)
        try #require(outcome.ending == .exited(0), "\(outcome.errorText)")
        return try JSONDecoder().decode(JSON.self, from: Data(outcome.standardOutput))
    }

    /// What the template has, each with its attributes.
    private static let template: Set<String> = [
        "a", "article", "article class", "b", "body", "br", "code", "dd", "details", "div",
        "div class", "dl", "dt", "footer", "h1", "h2", "h3", "head", "header", "header class",
        "html", "html lang", "li", "main", "meta", "meta charset", "meta content",
        "meta http-equiv", "meta name", "p", "p class", "p role", "path", "path class", "path d",
        "pre", "section", "span", "span aria-hidden", "span class", "style", "summary", "svg",
        "svg aria-label", "svg class", "svg preserveaspectratio", "svg role", "svg viewbox",
        "table", "tbody", "td", "th", "th scope", "thead", "time", "time datetime", "title", "tr",
        "ul",
    ]

    /// Every text of a document in place of which something hostile stands.
    static func hostile(_ text: String) -> StatusDocument {
        var document = Samples.fullDocument
        document.daemon.host = text
        document.daemon.version = text
        for index in document.advisories.indices {
            document.advisories[index].message = text
            document.advisories[index].commands = [text]
        }
        for index in document.profiles.indices {
            document.profiles[index].name = text + "\(index)"
            document.profiles[index].source = text
            document.profiles[index].accessKeyID = text
            document.profiles[index].identity = CallerIdentity(
                account: text, arn: text, userID: text)
            document.profiles[index].advisories = document.advisories
            guard document.profiles[index].diagnosis != nil else { continue }
            document.profiles[index].diagnosis?.summary = text
            document.profiles[index].diagnosis?.remedy = text
            document.profiles[index].diagnosis?.commands = [text, text]
            document.profiles[index].diagnosis?.evidence = [
                .note(text), .serviceError(code: text, message: text), .endpoint(text),
            ]
            document.profiles[index].diagnosis?.others = [Candidate(.ok, text, test: text)]
        }
        for index in document.groups.indices {
            document.groups[index].name = text
            document.groups[index].primary = text
            document.groups[index].backups = [text, text]
            document.groups[index].active = text
            document.groups[index].detail = text
            document.groups[index].incident?.from = text
            document.groups[index].incident?.to = text
            document.groups[index].incident?.id = text
            document.groups[index].hook?.result = .notStarted(text)
            document.groups[index].advisories = document.advisories
        }
        return document
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "</style></title></textarea><svg onload=alert(1)>", "<!--", "]]>", "<![CDATA[",
        "&lt;b&gt;&#60;i&#62;", "</dd></dl></body><iframe src=//x>",
        "<a href=javascript:alert(1)>x",
        "<base href=//x><meta http-equiv=refresh content=0;url=//x>", "\u{0}<b>\u{0}",
        "+ADw-script+AD4-",
    ])
    func noTextBecomesMarkup(text: String) async throws {
        let page = try await read(renderPage(Self.hostile(text), .snapshot(Samples.now)))
        #expect(page["problems"]?.strings == [])
        let tags = Set(page["tags"]?.strings ?? [])
        #expect(tags.isSubset(of: Self.template), "\(tags.subtracting(Self.template))")
        // And it is there, to be read as it was.
        let whole = page["text"]?.strings.first ?? ""
        #expect(whole.components(of: visible(text)) > 40)
    }

    @Test(arguments: [
        ("a\u{202E}b", "a\\u{202e}b"), ("a\u{200B}b", "a\\u{200b}b"), ("a\u{2066}b", "a\\u{2066}b"),
        ("a\u{3164}b", "a\\u{3164}b"), ("a\u{E0041}b", "a\\u{e0041}b"),
        ("a\u{FEFF}b", "a\\u{feff}b"),
        ("a\nb", "a\\nb"), ("a\u{9B}b", "a\\u{9b}b"),
    ])
    func whatIsInvisibleCanBeSeen(text: String, shown: String) async throws {
        let page = renderPage(Self.hostile(text), .snapshot(Samples.now))
        let all = String(decoding: page, as: UTF8.self)
        #expect(all.contains(shown))
        #expect(!all.contains(text))
    }

    @Test func aSecretThatSlippedInStopsHere() {
        let slip = "SecretAccessKey=\(RedactionTests.secret)"
        let page = String(decoding: renderPage(Self.hostile(slip), .daemon), as: UTF8.self)
        #expect(!page.contains(RedactionTests.secret))
        #expect(page.contains("&lt;redacted&gt;"))
    }

    @Test func itsPolicyLetsItsOwnStyleInAndNothingElse() async throws {
        let page = try await read(renderPage(Samples.fullDocument, .daemon))
        let hash = page["hash"]?.strings.first ?? ""
        #expect(
            page["policy"]?.strings == [
                "default-src 'none'; style-src '\(hash)'; base-uri 'none'; form-action 'none'"
            ], "PageStyle.hash should be \(hash)")
        let text = String(decoding: renderPage(Samples.fullDocument, .daemon), as: UTF8.self)
        for word in ["http://", "url(", "@import", "<script", "src=", "href=", "style=\""] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test func onlyTheDaemonsPageIsReadAgain() async throws {
        #expect(try await read(renderPage(Samples.document, .daemon))["refresh"]?.strings == ["30"])
        let once = try await read(renderPage(Samples.document, .snapshot(Samples.now)))
        #expect(once["refresh"]?.strings == ["None"])
    }

    @Test func saysWhatAnOperatorLooksFor() async throws {
        let page = try await read(renderPage(Samples.document, .snapshot(Samples.now)))
        let text = page["text"]?.strings.first ?? ""
        for word in [
            "failing: credwatch on host", "1 healthy, 1 failing (app: key not recognised)",
            "2026-11-22 14:03:06 UTC", "Valid until2026-11-22 14:04:06 UTC", "In trouble",
            "key not recognised", "Create a new key, or activate this one",
            "possible, one of several causes", "aws iam update-access-key --user-name app",
            "access key AKIAQNCLJGYSAZAAN74C from [app]", "Failover groups", "In useapp-backup",
            "arn:aws:iam::123456789012:user/backup",
            "last 24 hours, in half hours: 4 healthy, 0 unknown, 2 failing, 42 without a check",
        ] { #expect(text.contains(word), "\(word)") }
        // The state, then who is in trouble, then the rest.
        let places = ["1 failing", "In trouble", "Failover groups", "Profiles"].map {
            text.utf8.count - (text.split(separator: $0, maxSplits: 1).last?.utf8.count ?? 0)
        }
        #expect(places == places.sorted())
        #expect(!text.contains("Stale"))
    }

    @Test func aStalePageSaysSo() async throws {
        let late = PageKind.snapshot(Samples.now + .seconds(3_600))
        let page = try await read(renderPage(Samples.document, late))
        #expect(
            page["text"]?.strings.first?.contains(
                "Stale: this was valid until 2026-11-22 14:04:06 UTC, 59m 4s before") == true)
    }

    @Test func ofTenThousandItShowsAllInTroubleAndCountsTheRest() {
        var document = Samples.emptyDocument
        document.profiles = (0..<300).map { number in
            var profile = Samples.failing
            profile.name = "bad-\(number)"
            return profile
        }
        document.profiles += (0..<9_700).map {
            ProfileStatus(name: "good-\($0)", state: .healthy)
        }
        let page = String(decoding: renderPage(document, .daemon), as: UTF8.self)
        #expect(page.components(of: "</h3>") == 100)
        #expect(page.components(of: "<b>bad-") + page.components(of: "</span> bad-") == 300)
        #expect(page.components(of: "<b>good-") == 500)
        #expect(
            page.contains("And 9200 profiles that are not in trouble, which this page leaves out"))
        #expect(page.utf8.count < 2_000_000)
    }

    @Test func aStripIsDrawnByRuns() {
        var writer = PageWriter(capacity: 0)
        writer.strip(History(letters: "hhff-u") ?? History())
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(text.contains(#"<path class="n" d="M0 11h42v1H0zM46 11h1v1H46z"/>"#))
        #expect(text.contains(#"<path class="h" d="M42 8h2v4H42z"/>"#))
        #expect(text.contains(#"<path class="u" d="M47 4h1v8H47z"/>"#))
        #expect(text.contains(#"<path class="f" d="M44 0h2v12H44z"/>"#))
    }
}

extension String {
    /// How often a text stands in this one.
    fileprivate func components(of text: String) -> Int {
        split(separator: text, omittingEmptySubsequences: false).count - 1
    }
}
