/// A service whose actions a canary can call by their names: where it is, and how it is spoken to.
package struct CanaryService: Sendable, Hashable {
    /// How a call without parameters is written.
    package enum Form: Sendable, Hashable {
        /// `Action=…&Version=…` as a form; the API's version.
        case query(version: String)
        /// `{}` with the header `X-Amz-Target: TARGET.Action`; `minor` is that of `application/x-amz-json-1.x`.
        case json(target: String, minor: Int)
        /// `GET /`, which lists the buckets.
        case bucketList
    }

    /// The prefix of its actions in policies: `cloudwatch`.
    package var name: String
    package var form: Form
    /// What its host names begin with: `monitoring`.
    package var host: String
    /// The name that signatures have: `monitoring`.
    package var signingName: String
    /// Its name in `AWS_ENDPOINT_URL_…` and, in small letters, in a `[services]` section: `SECRETS_MANAGER`.
    package var setting: String

    fileprivate init(
        _ name: String, _ form: Form, host: String? = nil, signing: String? = nil,
        setting: String? = nil
    ) {
        self.name = name
        self.form = form
        self.host = host ?? name
        signingName = signing ?? host ?? name
        self.setting = setting ?? name.uppercased()
    }

    /// Finds a service by the prefix of its actions.
    package init?(named name: String) {
        guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// The only actions that a service's form can send; nil for any.
    package var actions: [String]? {
        form == .bucketList ? ["ListAllMyBuckets", "ListBuckets"] : nil
    }
}

extension CanaryService {
    package static let iam = CanaryService("iam", .query(version: AWSQueryService.iam.version))
    package static let sts = CanaryService("sts", .query(version: AWSQueryService.sts.version))

    /// Every known service, by name.
    ///
    /// Source: the models of AWS's own SDK for Python (botocore 1.43.11: `apiVersion`, `targetPrefix`,
    /// `jsonVersion`, `endpointPrefix`, `signingName` and `serviceId` of each service-2.json), which a test
    /// compares with the rows again. Left out: services in the REST style, which have a URL for each action,
    /// and those that charge for a question, like Cost Explorer.
    package static let all: [CanaryService] = [
        .init("acm", .json(target: "CertificateManager", minor: 1)),
        .init(
            "application-autoscaling", .json(target: "AnyScaleFrontendService", minor: 1),
            setting: "APPLICATION_AUTO_SCALING"),
        .init("athena", .json(target: "AmazonAthena", minor: 1)),
        .init("autoscaling", .query(version: "2011-01-01"), setting: "AUTO_SCALING"),
        .init("cloudformation", .query(version: "2010-05-15")),
        .init(
            "cloudtrail",
            .json(target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", minor: 1)),
        .init("cloudwatch", .query(version: "2010-08-01"), host: "monitoring"),
        .init("codebuild", .json(target: "CodeBuild_20161006", minor: 1)),
        .init("codecommit", .json(target: "CodeCommit_20150413", minor: 1)),
        .init("codedeploy", .json(target: "CodeDeploy_20141006", minor: 1)),
        .init("codepipeline", .json(target: "CodePipeline_20150709", minor: 1)),
        .init(
            "cognito-idp", .json(target: "AWSCognitoIdentityProviderService", minor: 1),
            setting: "COGNITO_IDENTITY_PROVIDER"),
        .init(
            "config", .json(target: "StarlingDoveService", minor: 1), setting: "CONFIG_SERVICE"),
        .init(
            "dms", .json(target: "AmazonDMSv20160101", minor: 1),
            setting: "DATABASE_MIGRATION_SERVICE"),
        .init("dynamodb", .json(target: "DynamoDB_20120810", minor: 0)),
        .init("ec2", .query(version: "2016-11-15")),
        .init(
            "ecr", .json(target: "AmazonEC2ContainerRegistry_V20150921", minor: 1),
            host: "api.ecr", signing: "ecr"),
        .init("ecs", .json(target: "AmazonEC2ContainerServiceV20141113", minor: 1)),
        .init("elasticache", .query(version: "2015-02-02")),
        .init("elasticbeanstalk", .query(version: "2010-12-01"), setting: "ELASTIC_BEANSTALK"),
        .init(
            "elasticloadbalancing", .query(version: "2015-12-01"),
            setting: "ELASTIC_LOAD_BALANCING_V2"),
        .init("events", .json(target: "AWSEvents", minor: 1), setting: "EVENTBRIDGE"),
        .init("firehose", .json(target: "Firehose_20150804", minor: 1)),
        .init("glue", .json(target: "AWSGlue", minor: 1)),
        .iam,
        .init("kinesis", .json(target: "Kinesis_20131202", minor: 1)),
        .init("kms", .json(target: "TrentService", minor: 1)),
        .init("logs", .json(target: "Logs_20140328", minor: 1), setting: "CLOUDWATCH_LOGS"),
        .init("organizations", .json(target: "AWSOrganizationsV20161128", minor: 1)),
        .init("rds", .query(version: "2014-10-31")),
        .init("redshift", .query(version: "2012-12-01")),
        .init("s3", .bucketList),
        .init(
            "sagemaker", .json(target: "SageMaker", minor: 1), host: "api.sagemaker",
            signing: "sagemaker"),
        .init(
            "secretsmanager", .json(target: "secretsmanager", minor: 1),
            setting: "SECRETS_MANAGER"),
        .init(
            "servicequotas", .json(target: "ServiceQuotasV20190624", minor: 1),
            setting: "SERVICE_QUOTAS"),
        .init("ses", .query(version: "2010-12-01"), host: "email", signing: "ses"),
        .init("sns", .query(version: "2010-03-31")),
        .init("sqs", .json(target: "AmazonSQS", minor: 0)),
        .init("ssm", .json(target: "AmazonSSM", minor: 1)),
        .init("states", .json(target: "AWSStepFunctions", minor: 0), setting: "SFN"),
        .sts,
        .init(
            "tag", .json(target: "ResourceGroupsTaggingAPI_20170126", minor: 1), host: "tagging",
            setting: "RESOURCE_GROUPS_TAGGING_API"),
        .init("wafv2", .json(target: "AWSWAF_20190729", minor: 1)),
    ]
}
