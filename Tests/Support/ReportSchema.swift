/// The JSON Schema of a report, and a validator that is not ours: Python's jsonschema.
package struct ReportSchema: Sendable {
    private let name: String

    /// Of the status file.
    package static let status = ReportSchema(name: "status.schema.json")
    /// Of what `credwatch doctor --json` prints, which refers to the status file's.
    package static let doctor = ReportSchema(name: "doctor.schema.json")

    /// Of the line that `credwatch check --ci` prints, which refers to the status file's.
    package static let ci = ReportSchema(name: "ci-summary.schema.json")

    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/packaging"

    package var path: String { "\(Self.folder)/\(name)" }

    /// The folder of the schemas, the schema's name and the instance are the arguments; 1 says that it does
    /// not fit.
    private static let script = """
        import json, os, sys
        from jsonschema import Draft202012Validator as Validator
        from referencing import Registry, Resource
        def load(name): return json.load(open(os.path.join(sys.argv[1], name), encoding="utf-8"))
        schema = load(sys.argv[2])
        Validator.check_schema(schema)
        registry = Registry().with_resource(
            "status.schema.json", Resource.from_contents(load("status.schema.json")))
        instance = json.load(open(sys.argv[3], encoding="utf-8"))
        errors = list(Validator(schema, registry=registry).iter_errors(instance))
        for error in errors:
            print(error.json_path, error.message)
        sys.exit(1 if errors else 0)
        """

    /// What a machine needs for it, as the reason to skip a test.
    package static let needs = "python3 has no modules jsonschema and referencing"

    package static func hasValidator() async -> Bool {
        let probe = "import jsonschema, referencing; jsonschema.Draft202012Validator"
        return (try? await Subprocess.run("python3", ["-c", probe]))?.ending == .exited(0)
    }

    /// Validates a file; exit code 0 says that it fits, 1 that it does not, with the reasons as output.
    package func validate(_ file: String) async throws -> Subprocess.Outcome {
        try await Subprocess.run("python3", ["-c", Self.script, Self.folder, name, file])
    }
}
