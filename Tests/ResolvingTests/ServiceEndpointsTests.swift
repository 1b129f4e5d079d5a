import Model
import Testing

@testable import Resolving

/// Where canaries ask; the expected URLs are those of AWS's SDK for Python.
@Suite struct ServiceEndpointsTests {
    private func call(_ action: String, region: String? = nil) -> CanaryCall {
        let parts = action.split(separator: ":").map(String.init)
        return CanaryCall(.action(service: parts[0], name: parts[1]), region: region)
    }

    private func request(_ service: String, _ url: String, region: String? = nil) -> CanaryCall {
        CanaryCall(
            .request(service: service, method: "GET", url: url, expectedStatus: 200),
            region: region)
    }

    private func target(
        _ call: CanaryCall, region: String = "eu-west-1", _ variables: [String: String] = [:],
        config: String = ""
    ) throws -> CanaryTarget {
        let files = try sharedFiles(config: config)
        let planner = Planner(AWSEnvironment(variables: variables))
        let profile = ProfileConfiguration(
            name: "app", region: Sourced(region, from: .builtIn("a test")))
        return try #require(planner.targets(of: [call], for: profile, in: files).first).get()
    }

    @Test(arguments: [
        ("iam:GetUser", "eu-west-1", "https://iam.amazonaws.com", "us-east-1"),
        ("iam:GetUser", "cn-north-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("iam:GetUser", "us-gov-east-1", "https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
        ("iam:GetUser", "us-iso-east-1", "https://iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        (
            "iam:GetUser", "eusc-de-east-1", "https://iam.eusc-de-east-1.amazonaws.eu",
            "eusc-de-east-1"
        ),
        ("sts:GetCallerIdentity", "eu-west-1", "https://sts.eu-west-1.amazonaws.com", "eu-west-1"),
        (
            "organizations:DescribeOrganization", "eu-west-1",
            "https://organizations.us-east-1.amazonaws.com", "us-east-1"
        ),
        (
            "organizations:DescribeOrganization", "cn-north-1",
            "https://organizations.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"
        ),
        (
            "organizations:DescribeOrganization", "us-gov-east-1",
            "https://organizations.us-gov-west-1.amazonaws.com", "us-gov-west-1"
        ),
        ("ec2:DescribeRegions", "eu-west-1", "https://ec2.eu-west-1.amazonaws.com", "eu-west-1"),
        (
            "cloudwatch:ListMetrics", "cn-north-1",
            "https://monitoring.cn-north-1.amazonaws.com.cn", "cn-north-1"
        ),
        ("ses:ListIdentities", "eu-west-1", "https://email.eu-west-1.amazonaws.com", "eu-west-1"),
        (
            "ecr:DescribeRepositories", "eu-west-1", "https://api.ecr.eu-west-1.amazonaws.com",
            "eu-west-1"
        ),
        ("s3:ListBuckets", "eu-west-1", "https://s3.eu-west-1.amazonaws.com", "eu-west-1"),
        (
            "s3:ListBuckets", "eusc-de-east-1", "https://s3.eusc-de-east-1.amazonaws.eu",
            "eusc-de-east-1"
        ),
        (
            "dynamodb:ListTables", "us-iso-east-1", "https://dynamodb.us-iso-east-1.c2s.ic.gov",
            "us-iso-east-1"
        ),
    ])
    func `endpoints are those of the SDKs`(
        action: String, region: String, url: String, signing: String
    ) throws {
        let target = try target(call(action), region: region)
        #expect(target.url == url)
        #expect(target.region == signing)
    }

    @Test(arguments: [
        ("iam:GetUser", "us-gov-west-1", true, false, "iam.us-gov.amazonaws.com"),
        ("iam:GetUser", "us-east-1", true, false, "iam-fips.amazonaws.com"),
        ("iam:GetUser", "eu-west-1", false, true, "iam.global.api.aws"),
        ("ec2:DescribeRegions", "us-gov-west-1", true, false, "ec2.us-gov-west-1.amazonaws.com"),
        ("ec2:DescribeRegions", "us-east-1", true, false, "ec2-fips.us-east-1.amazonaws.com"),
        ("ec2:DescribeRegions", "us-gov-west-1", true, true, "ec2-fips.us-gov-west-1.api.aws"),
        ("ecs:ListClusters", "us-gov-west-1", true, false, "ecs-fips.us-gov-west-1.amazonaws.com"),
        ("ecr:DescribeRepositories", "us-east-1", true, false, "ecr-fips.us-east-1.amazonaws.com"),
        ("ecr:DescribeRepositories", "eu-west-1", false, true, "ecr.eu-west-1.api.aws"),
        (
            "sagemaker:ListModels", "us-east-1", true, false,
            "api-fips.sagemaker.us-east-1.amazonaws.com"
        ),
        ("s3:ListBuckets", "us-gov-west-1", true, false, "s3-fips.us-gov-west-1.amazonaws.com"),
        ("s3:ListBuckets", "eu-west-1", false, true, "s3.dualstack.eu-west-1.amazonaws.com"),
        (
            "s3:ListBuckets", "us-gov-west-1", true, true,
            "s3-fips.dualstack.us-gov-west-1.amazonaws.com"
        ),
        (
            "logs:DescribeLogGroups", "us-gov-west-1", true, false,
            "logs.us-gov-west-1.amazonaws.com"
        ),
    ])
    func `so are those with FIPS and dual-stack`(
        action: String, region: String, isFIPS: Bool, isDualStack: Bool, host: String
    ) throws {
        let target = try target(
            call(action), region: region,
            [
                "AWS_USE_FIPS_ENDPOINT": "\(isFIPS)",
                "AWS_USE_DUALSTACK_ENDPOINT": "\(isDualStack)",
            ])
        #expect(target.url == "https://" + host)
    }

    @Test func `a custom URL comes from where the SDKs take it`() throws {
        let ec2 = call("ec2:DescribeRegions")
        func url(_ call: CanaryCall, _ variables: [String: String], _ config: String = "") throws
            -> String
        {
            try target(call, variables, config: config).url
        }
        let all = ["AWS_ENDPOINT_URL": "http://localhost:1"]
        #expect(try url(ec2, all) == "http://localhost:1")
        #expect(
            try url(ec2, all.merging(["AWS_ENDPOINT_URL_EC2": "http://localhost:2/"]) { $1 })
                == "http://localhost:2")
        #expect(
            try url(
                call("tag:GetResources"),
                ["AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API": "http://localhost:3"])
                == "http://localhost:3")
        let config = """
            [profile app]
            services = local
            endpoint_url = http://localhost:4
            [services local]
            secrets_manager =
              endpoint_url = http://localhost:5
            """
        #expect(try url(call("secretsmanager:ListSecrets"), [:], config) == "http://localhost:5")
        #expect(try url(ec2, [:], config) == "http://localhost:4")
        #expect(
            try url(ec2, ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"], config)
                == "https://ec2.eu-west-1.amazonaws.com")
        // Signed for the service's own region all the same.
        #expect(try target(call("iam:GetUser"), all).region == "us-east-1")
        #expect(try target(call("iam:GetUser"), all).service == "iam")
    }

    @Test func `a setting that cannot be used is told without its value`() throws {
        let failure = #expect(throws: CanaryObstacle.self) {
            try target(call("iam:GetUser"), ["AWS_ENDPOINT_URL": "ftp://hunter2"])
        }
        #expect(failure?.reason.contains("AWS_ENDPOINT_URL") == true)
        #expect(failure?.reason.contains("hunter2") == false)
    }

    @Test(
        arguments: [
            ("s3", "https://b.s3.eu-central-1.amazonaws.com/k", nil, "eu-central-1"),
            ("s3", "https://b.s3.eu-central-1.amazonaws.com/k", "us-west-2", "us-west-2"),
            ("s3", "https://us-east-1.s3.eu-central-1.amazonaws.com/k", nil, "eu-central-1"),
            ("s3", "https://b.s3.amazonaws.com/k?x=/", nil, "eu-west-1"),
            ("s3", "https://storage.example.com/eu-central-1", nil, "eu-west-1"),
            ("s3", "http://127.0.0.1:9000/b", nil, "eu-west-1"),
            (
                "lambda", "https://lambda.us-gov-west-1.amazonaws.com/2015-03-31/functions/", nil,
                "us-gov-west-1"
            ),
            ("iam", "https://iam.amazonaws.com/?Action=GetUser", nil, "us-east-1"),
            ("route53", "https://route53.amazonaws.com/2013-04-01/hostedzone", nil, "us-east-1"),
            ("cloudfront", "https://cloudfront.amazonaws.com/", nil, "us-east-1"),
            (
                "cloudfront", "https://cloudfront.cn-northwest-1.amazonaws.com.cn/", nil,
                "cn-northwest-1"
            ),
        ] as [(String, String, String?, String)])
    func `a request is signed for the region that it names`(
        service: String, url: String, named: String?, region: String
    ) throws {
        let target = try target(request(service, url, region: named))
        #expect(target == CanaryTarget(url: url, service: service, region: region))
    }
}
