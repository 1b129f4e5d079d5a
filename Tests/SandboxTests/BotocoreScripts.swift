/// The Python that BotocoreTests feeds to python3.
enum BotocoreScripts: String, CaseIterable {
    case actions, refusals, sessions, forms, simulation

    var text: String {
        switch self {
        case .actions: Self.actionsText
        case .refusals: Self.refusalsText
        case .sessions: Self.sessionsText
        case .forms: Self.formsText
        case .simulation: Self.simulationText
        }
    }

    static let preamble = #"""
        import os, json, http.client, urllib.request, urllib.parse
        import boto3
        from botocore.auth import SigV4Auth, SigV4QueryAuth
        from botocore.awsrequest import AWSRequest
        from botocore.config import Config
        from botocore.credentials import Credentials
        from botocore.exceptions import ClientError

        url, key_id, secret = (os.environ[n] for n in ("SANDBOX_URL", "KEY_ID", "SECRET"))
        once = Config(retries={"total_max_attempts": 1}, max_pool_connections=200)

        def client(service, key=key_id, secret=secret, token=None, region="us-east-1"):
            return boto3.client(
                service, endpoint_url=url, region_name=region, aws_access_key_id=key,
                aws_secret_access_key=secret, aws_session_token=token, config=once)

        def admin(path):
            request = urllib.request.Request(
                url + "/_sandbox/" + path, method="POST",
                headers={"Authorization": "Bearer " + os.environ["SANDBOX_TOKEN"]})
            return json.load(urllib.request.urlopen(request))

        def refused(call, code, message, status):
            try:
                call()
            except ClientError as error:
                answer = error.response
                found = (answer["Error"]["Code"], answer["Error"]["Message"],
                         answer["ResponseMetadata"]["HTTPStatusCode"])
                assert found == (code, message, status), found
                assert answer["ResponseMetadata"]["RequestId"]
            else:
                raise AssertionError("not refused with " + code)

        """#

    private static let simulationText = #"""
        iam = client("iam")
        me = "arn:aws:iam::123456789012:user/app"
        admin("deny-action?user=app:s3:GetObject")
        admin("withhold-action?user=app:ec2:*")
        names = ["s3:Get%d" % n for n in range(45)] + ["s3:GetObject", "ec2:DescribeRegions"]
        pages = list(iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=me, ActionNames=names, ResourceArns=["arn:aws:s3:::b/*"]))
        assert len(pages) == 3, len(pages)
        found = {r["EvalActionName"]: r for page in pages for r in page["EvaluationResults"]}
        assert list(found) == names
        assert found["s3:Get7"]["EvalDecision"] == "allowed"
        assert found["s3:GetObject"]["EvalDecision"] == "explicitDeny"
        assert found["ec2:DescribeRegions"]["EvalDecision"] == "implicitDeny"
        assert found["s3:Get7"]["EvalResourceName"] == "arn:aws:s3:::b/*"
        admin("allow-action?user=app:s3:GetObject")
        again = iam.simulate_principal_policy(PolicySourceArn=me, ActionNames=["s3:GetObject"])
        assert again["EvaluationResults"][0]["EvalDecision"] == "allowed"
        assert not again["IsTruncated"]
        trust = {"Statement": [{"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}
        iam.create_role(
            RoleName="r", Path="/team/", AssumeRolePolicyDocument=json.dumps(trust))
        role = iam.get_role(RoleName="r")["Role"]
        arn = "arn:aws:iam::123456789012:role/team/r"
        assert (role["Path"], role["Arn"]) == ("/team/", arn), role
        session = client("sts").assume_role(RoleArn=arn, RoleSessionName="se")
        assert session["AssumedRoleUser"]["Arn"].endswith(":assumed-role/r/se")
        iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:GetObject"])
        missing = "arn:aws:iam::123456789012:role/r"
        refused(
            lambda: iam.simulate_principal_policy(
                PolicySourceArn=missing, ActionNames=["s3:GetObject"]),
            "NoSuchEntity", "Role " + missing + " cannot be found.", 404)
        admin("deny-action?user=app:iam:GetUser")
        refused(
            lambda: iam.get_user(), "AccessDenied",
            "User: " + me + " is not authorized to perform: iam:GetUser on resource: user app "
            "with an explicit deny in an identity-based policy", 403)
        """#

    private static let actionsText = #"""
        sts, iam = client("sts"), client("iam")
        me = sts.get_caller_identity()
        assert me["Account"] == "123456789012", me
        assert me["Arn"] == "arn:aws:iam::123456789012:user/app", me
        assert me["UserId"].startswith("AIDA"), me
        headers = me["ResponseMetadata"]["HTTPHeaders"]
        assert headers["content-type"] == "text/xml" and headers["x-amzn-requestid"]
        assert sts.get_access_key_info(AccessKeyId=key_id)["Account"] == "123456789012"
        for id in ("ASIAY34FZKBOKMUTVV7A", "AKIASP2TPHJSQH3FJXYZ"):
            assert len(sts.get_access_key_info(AccessKeyId=id)["Account"]) == 12

        assert iam.get_user()["User"]["UserName"] == "app"
        iam.create_user(UserName="we+ird=,.@-_")
        assert iam.get_user(UserName="we+ird=,.@-_")["User"]["UserName"] == "we+ird=,.@-_"
        iam.delete_user(UserName="we+ird=,.@-_")
        new = iam.create_access_key(UserName="app")["AccessKey"]
        assert len(new["SecretAccessKey"]) == 40 and new["Status"] == "Active"
        assert client("sts", new["AccessKeyId"], new["SecretAccessKey"]).get_caller_identity()
        listed = iam.list_access_keys(UserName="app")
        assert [k["AccessKeyId"] for k in listed["AccessKeyMetadata"]] == [
            key_id, new["AccessKeyId"]]
        assert listed["IsTruncated"] is False
        used = iam.get_access_key_last_used(AccessKeyId=new["AccessKeyId"])
        assert used["UserName"] == "app"
        assert used["AccessKeyLastUsed"]["ServiceName"] == "sts"
        assert used["AccessKeyLastUsed"]["Region"] == "us-east-1"
        assert used["AccessKeyLastUsed"]["LastUsedDate"].year > 2020
        iam.update_access_key(AccessKeyId=new["AccessKeyId"], Status="Inactive")
        states = {k["AccessKeyId"]: k["Status"]
                  for k in iam.list_access_keys()["AccessKeyMetadata"]}
        assert states == {key_id: "Active", new["AccessKeyId"]: "Inactive"}, states
        iam.delete_access_key(AccessKeyId=new["AccessKeyId"])
        arn = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2"
        iam.attach_user_policy(UserName="app", PolicyArn=arn)
        policies = iam.list_attached_user_policies(UserName="app")["AttachedPolicies"]
        assert policies == [{"PolicyName": "AWSCompromisedKeyQuarantineV2", "PolicyArn": arn}]
        refused(
            lambda: iam.create_access_key(), "AccessDenied",
            "User: arn:aws:iam::123456789012:user/app is not authorized to perform: "
            "iam:CreateAccessKey on resource: user app with an explicit deny in an "
            "identity-based policy", 403)
        """#

    private static let refusalsText = #"""
        sts, iam = client("sts"), client("iam")
        invalid = "The security token included in the request is invalid"
        who = sts.get_caller_identity
        admin("deactivate?key=" + key_id)
        refused(who, "InvalidClientTokenId", invalid + ".", 403)
        admin("activate?user=app")
        who()
        refused(
            client("sts", "AKIAQNCLJGYSAZAAN74C").get_caller_identity,
            "InvalidClientTokenId", invalid + ".", 403)
        refused(
            client("sts", token="leftover").get_caller_identity,
            "InvalidClientTokenId", invalid, 403)
        refused(
            client("sts", secret="x" * 40).get_caller_identity, "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details.", 403)
        refused(
            client("iam", region="eu-west-1").get_user, "SignatureDoesNotMatch",
            "Credential should be scoped to a valid region. ", 403)
        client("sts", region="eu-west-1").get_caller_identity()
        admin("fault?throttle=on")
        refused(who, "Throttling", "Rate exceeded", 400)
        admin("fault?throttle=off&outage=on")
        refused(
            who, "ServiceUnavailable", "Service is unavailable. Please try again later.", 503)
        admin("fault?outage=off&refuse_regions=eu-west-1")
        refused(
            client("sts", region="eu-west-1").get_caller_identity, "InvalidClientTokenId",
            invalid + ".", 403)
        who()
        for offset, text in (("+6m", "Signature expired: "), ("-6m", "Signature not yet current: ")):
            admin("fault?clock_offset=" + urllib.parse.quote(offset))
            try:
                who()
            except ClientError as error:
                assert error.response["Error"]["Code"] == "SignatureDoesNotMatch"
                assert error.response["Error"]["Message"].startswith(text), error
            else:
                raise AssertionError("not refused")
        admin("fault?clock_offset=0s")
        refused(
            lambda: iam.get_user(UserName="none"), "NoSuchEntity",
            "The user with name none cannot be found.", 404)
        refused(
            lambda: iam.create_user(UserName="app"), "EntityAlreadyExists",
            "User with name app already exists.", 409)
        iam.create_access_key()
        refused(
            iam.create_access_key, "LimitExceeded",
            "Cannot exceed quota for AccessKeysPerUser: 2", 409)
        admin("deny-iam?user=app")
        refused(
            lambda: iam.list_access_keys(UserName="app"), "AccessDenied",
            "User: arn:aws:iam::123456789012:user/app is not authorized to perform: "
            "iam:ListAccessKeys on resource: user app because no identity-based policy allows the "
            "iam:ListAccessKeys action", 403)
        admin("delete?user=app")
        refused(who, "InvalidClientTokenId", invalid + ".", 403)
        """#

    private static let sessionsText = #"""
        def of(credentials):
            return client("sts", credentials["AccessKeyId"], credentials["SecretAccessKey"],
                          credentials["SessionToken"])

        session = client("sts").get_session_token(DurationSeconds=900)["Credentials"]
        assert session["AccessKeyId"].startswith("ASIA")
        assert of(session).get_caller_identity()["Arn"].endswith(":user/app")
        bare = client("sts", session["AccessKeyId"], session["SecretAccessKey"])
        refused(
            bare.get_caller_identity, "InvalidClientTokenId",
            "The security token included in the request is invalid.", 403)
        iam = client("iam")
        trust = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/app"},
            "Action": "sts:AssumeRole"}]}
        role = iam.create_role(
            RoleName="deploy", AssumeRolePolicyDocument=json.dumps(trust, indent=1))["Role"]
        assert iam.get_role(RoleName="deploy")["Role"]["RoleId"] == role["RoleId"]
        assumed = client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="night shift"
                                            .replace(" ", "-"))
        arn = "arn:aws:sts::123456789012:assumed-role/deploy/night-shift"
        assert assumed["AssumedRoleUser"]["Arn"] == arn
        assert of(assumed["Credentials"]).get_caller_identity()["Arn"] == arn
        other = role["Arn"].replace("deploy", "other")
        refused(
            lambda: client("sts").assume_role(RoleArn=other, RoleSessionName="s1"), "AccessDenied",
            "User: arn:aws:iam::123456789012:user/app is not authorized to perform: "
            "sts:AssumeRole on resource: " + other, 403)
        admin("expire?key=" + session["AccessKeyId"])
        refused(
            of(session).get_caller_identity, "ExpiredToken",
            "The security token included in the request is expired", 403)
        """#

    private static let formsText = #"""
        host = urllib.parse.urlsplit(url).netloc
        base = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
        credentials = Credentials(key_id, secret)

        def send(request, auth, chunked=False):
            auth.add_auth(request)
            prepared = request.prepare()
            parts = urllib.parse.urlsplit(prepared.url)
            target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
            connection = http.client.HTTPConnection(host)
            connection.putrequest(prepared.method, target, skip_accept_encoding=True)
            body = prepared.body or b""
            body = body.encode() if isinstance(body, str) else body
            if chunked:
                connection.putheader("Transfer-Encoding", "chunked")
                body = b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in body) + b"0\r\n\r\n"
            for name, value in prepared.headers.items():
                if not (chunked and name.lower() == "content-length"):
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            text = answer.read().decode()
            assert answer.status == 200 and "user/app" in text, (target, answer.status, text)

        def sign(): return SigV4Auth(credentials, "sts", "us-east-1")

        odd = {"a": "b c", "ü": "é/~*", "plus": "1+1=2", "amp": "a&b", "empty": "", "z": "%41",
               "quote": "'\"()!", "A": "1", "a-b": "2", "newline": "a\nb", "emoji": "🦉"}
        for method in ("GET", "POST", "PUT", "DELETE"):
            send(AWSRequest(method, url + "/", params={**base, **odd}), sign())
        for path in ("", "/", "//", "/a/b/", "/a//b", "/a/./b/../c", "/a%20b", "/~x", "/a+b:c@d;e",
                     "/%E3%82%A2", "/a%2Fb", "/..", "/a=b,c!$&'()*"):
            send(AWSRequest("GET", url + path, params=base), sign())
        pairs = list(base.items()) + [("k", "2"), ("k", "1"), ("k", ""), ("K", "1")]
        send(AWSRequest("GET", url + "/", params=pairs), sign())
        query = urllib.parse.urlencode({**base, **odd}, quote_via=urllib.parse.quote, safe="~")
        send(AWSRequest("GET", url + "/?" + query), sign())
        send(AWSRequest("GET", url + "/?b=&a=&" + query + "&flag"), sign())
        form = urllib.parse.urlencode({**base, **odd})
        kind = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        send(AWSRequest("POST", url + "/", data=form, headers=kind), sign())
        send(AWSRequest("POST", url + "/", data=base, headers=kind), sign())
        send(AWSRequest("POST", url + "/?x=1&y", data=form, headers=kind), sign())
        send(AWSRequest("POST", url + "/", data=form.encode(), headers=kind), sign(), chunked=True)
        send(AWSRequest("POST", url + "/", data=form, headers={
            **kind, "X-Blanks": "  a   b\t c  ", "X-Empty": "", "X-Amz-Note": "1,  2"}), sign())
        send(AWSRequest("GET", url + "/", params=base), SigV4QueryAuth(
            credentials, "sts", "eu-west-1", expires=60))
        send(AWSRequest("GET", url + "/?note=a%20b", params=base), SigV4QueryAuth(
            credentials, "sts", "us-east-1", expires=60))
        for method in ("GET", "POST"):
            presigned = client("sts").generate_presigned_url(
                "get_caller_identity", ExpiresIn=60, HttpMethod=method)
            request = urllib.request.Request(presigned, method=method)
            assert b"user/app" in urllib.request.urlopen(request).read()
        session = client("sts").get_session_token()["Credentials"]
        temporary = Credentials(
            session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
        send(AWSRequest("POST", url + "/", data=form, headers=kind),
             SigV4Auth(temporary, "sts", "us-east-1"))
        send(AWSRequest("GET", url + "/", params=base),
             SigV4QueryAuth(temporary, "sts", "us-east-1", expires=60))

        connection = http.client.HTTPConnection(host)
        for number in range(50):
            request = AWSRequest("POST", url + "/", data=form, headers=kind)
            sign().add_auth(request)
            prepared = request.prepare()
            connection.request("POST", "/", prepared.body, dict(prepared.headers))
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
            if number == 0:
                socket = connection.sock
            assert connection.sock is socket
        """#

    static let parallel = #"""
        from concurrent.futures import ThreadPoolExecutor
        from threading import Barrier
        sts, gate = client("sts"), Barrier(200)

        def work(number):
            gate.wait()
            return [sts.get_caller_identity()["Account"] for _ in range(3)]

        with ThreadPoolExecutor(200) as pool:
            assert all(r == ["123456789012"] * 3 for r in pool.map(work, range(200)))
        """#
}
