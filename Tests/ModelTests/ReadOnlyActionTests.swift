import Model
import Testing

@Suite struct ReadOnlyActionTests {
    @Test(arguments: [
        ("iam", "GetUser"), ("s3", "ListAllMyBuckets"), ("ec2", "DescribeRegions"),
        ("s3", "HeadBucket"), ("dynamodb", "BatchGetItem"), ("cloudtrail", "LookupEvents"),
        ("sagemaker", "Search" + "Jobs"), ("secretsmanager", "ListSecrets"),
        ("kms", "ListKeys"), ("sts", "GetCallerIdentity"), ("iam", "GetAccessKeyLastUsed"),
    ])
    func `what only reads may be called`(service: String, name: String) {
        #expect(actionFault(service: service, name: name) == nil)
    }

    @Test(arguments: [
        ("iam", "DeleteUser"), ("iam", "Getaway"), ("iam", "Get"), ("iam", ""), ("iam", "getUser"),
        ("iam", "Get*"), ("s3", "PutObject"), ("kms", "Decrypt"), ("kms", "GenerateDataKey"),
        ("sts", "AssumeRole"), ("iam", "Listening"), ("iam", "GetUser&Action=DeleteUser"),
        ("sagemaker", "Search"),
    ])
    func `what is not known to read may not`(service: String, name: String) {
        #expect(actionFault(service: service, name: name) == .notReadOnly)
    }

    @Test(arguments: [
        ("secretsmanager", "GetSecretValue"), ("secretsmanager", "BatchGetSecretValue"),
        ("ssm", "GetParameter"), ("ssm", "GetParameters"), ("ssm", "GetParametersByPath"),
        ("ssm", "GetParameterHistory"), ("sts", "GetSessionToken"), ("sts", "GetFederationToken"),
        ("ecr", "GetAuthorizationToken"), ("kms", "GetParametersForImport"),
        ("redshift", "GetClusterCredentialsWithIAM"), ("ec2", "GetPasswordData"),
    ])
    func `what returns a secret may not`(service: String, name: String) {
        guard case .returnsSecret = actionFault(service: service, name: name) else {
            Issue.record("\(service):\(name) may be called")
            return
        }
    }
}
