/// The JSON Schema of the status file, and a validator that is not ours: Python's jsonschema.
package enum StatusSchema {
    package static let path =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/packaging/status.schema.json"

    /// The schema and the instance are the arguments; 1 says that it does not fit.
    private static let script = """
        import json, sys
        import jsonschema
        schema, instance = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
        jsonschema.Draft202012Validator.check_schema(schema)
        errors = list(jsonschema.Draft202012Validator(schema).iter_errors(instance))
        for error in errors:
            print(error.json_path, error.message)
        sys.exit(1 if errors else 0)
        """

    /// What a machine needs for it, as the reason to skip a test.
    package static let needs = "python3 has no module jsonschema"

    package static func hasValidator() async -> Bool {
        let probe = "import jsonschema; jsonschema.Draft202012Validator"
        return (try? await Subprocess.run("python3", ["-c", probe]))?.ending == .exited(0)
    }

    /// Validates a file; exit code 0 says that it fits, 1 that it does not, with the reasons as output.
    package static func validate(_ file: String) async throws -> Subprocess.Outcome {
        try await Subprocess.run("python3", ["-c", script, path, file])
    }
}
