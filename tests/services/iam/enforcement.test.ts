/** IAM enforced: callers may do what their policies, boundaries, sessions and the resources' own policies let them. */
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  CreatePolicyCommand,
} from "@aws-sdk/client-iam";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type App, startApp } from "awan/testing";
import { describe, expect, test } from "vitest";

const policy = (...statements: object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (Action: string | string[], rest: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource: "*",
  ...rest,
});
const enforcing = () => startApp({ iam: "enforce", auth: true, clock: "system" });

/** A user with a key, and a client of its own. */
async function userOf(app: App, UserName: string) {
  const iam = app.client(IAMClient);
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId as string,
    secretAccessKey: AccessKey?.SecretAccessKey as string,
  };
  return {
    iam,
    credentials,
    ssm: app.client(SSMClient, { credentials }),
    sts: app.client(STSClient, { credentials }),
  };
}

const put = new PutParameterCommand({ Name: "/a", Value: "1", Type: "String" });
const arn = "arn:aws:iam::000000000000:user/ann";

describe("a user", () => {
  test("may do nothing but ask who they are", async () => {
    await using app = await enforcing();
    const { ssm, sts } = await userOf(app, "ann");
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(arn);
    await expect(ssm.send(put)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: `User: ${arn} is not authorized to perform: ssm:PutParameter on resource: * because no identity-based policy allows the ssm:PutParameter action`,
      $metadata: { httpStatusCode: 400 },
    });
    await app.client(SSMClient).send(put);
  });

  test("may do what its own, its groups' and AWS's managed policies allow", async () => {
    await using app = await enforcing();
    const { iam, ssm, sts } = await userOf(app, "ann");
    await iam.send(
      new PutUserPolicyCommand({
        UserName: "ann",
        PolicyName: "put",
        PolicyDocument: policy(allow("ssm:Put*")),
      }),
    );
    await ssm.send(put);
    const read = new GetParameterCommand({ Name: "/a" });
    await expect(ssm.send(read)).rejects.toThrow(
      "no identity-based policy allows the ssm:GetParameter action",
    );
    await iam.send(new CreateGroupCommand({ GroupName: "readers" }));
    await iam.send(
      new PutGroupPolicyCommand({
        GroupName: "readers",
        PolicyName: "get",
        PolicyDocument: policy(allow("ssm:Get*")),
      }),
    );
    await iam.send(new AddUserToGroupCommand({ GroupName: "readers", UserName: "ann" }));
    expect((await ssm.send(read)).Parameter?.Value).toBe("1");
    const create = new CreateRoleCommand({ RoleName: "r", AssumeRolePolicyDocument: policy() });
    await expect(
      app.client(IAMClient, { credentials: await sts.config.credentials() }).send(create),
    ).rejects.toMatchObject({
      name: "AccessDenied",
      $metadata: { httpStatusCode: 403 },
    });
    await iam.send(
      new AttachUserPolicyCommand({
        UserName: "ann",
        PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
      }),
    );
    await iam.send(
      new PutUserPolicyCommand({
        UserName: "ann",
        PolicyName: "never",
        PolicyDocument: policy(
          { ...allow("ssm:DeleteParameter"), Effect: "Deny" },
          { ...allow("ssm:Get*"), Effect: "Deny" },
        ),
      }),
    );
    await expect(ssm.send(read)).rejects.toThrow("with an explicit deny in an identity-based policy");
  });

  test("never goes beyond its boundary", async () => {
    await using app = await enforcing();
    const { iam, ssm } = await userOf(app, "ann");
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: "bounds", PolicyDocument: policy(allow("ssm:Get*")) }),
    );
    await iam.send(
      new PutUserPolicyCommand({ UserName: "ann", PolicyName: "all", PolicyDocument: policy(allow("*")) }),
    );
    await iam.send(
      new PutUserPermissionsBoundaryCommand({ UserName: "ann", PermissionsBoundary: Policy?.Arn }),
    );
    await expect(ssm.send(put)).rejects.toThrow(
      "because no permissions boundary allows the ssm:PutParameter action",
    );
  });

  test("must sign with its own secret", async () => {
    await using app = await enforcing();
    const { credentials } = await userOf(app, "ann");
    const thief = app.client(STSClient, { credentials: { ...credentials, secretAccessKey: "guessed" } });
    await expect(thief.send(new GetCallerIdentityCommand({}))).rejects.toThrow("signature we calculated");
  });
});

test("nobody may do nothing", async () => {
  await using app = await startApp({ iam: "enforce", clock: "system" });
  const response = await fetch(app.endpoint, {
    method: "POST",
    headers: { "x-amz-target": "AmazonSSM.PutParameter", "content-type": "application/x-amz-json-1.1" },
    body: JSON.stringify({ Name: "/a", Value: "1", Type: "String" }),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    __type: "AccessDeniedException",
    Message: expect.stringContaining("User: anonymous is not authorized to perform: ssm:PutParameter"),
  });
});

describe("a role", () => {
  const RoleArn = "arn:aws:iam::000000000000:role/writer";
  test("is assumed by those its trust names, and narrowed by the session's policy", async () => {
    await using app = await enforcing();
    const { iam, sts } = await userOf(app, "ann");
    const other = await userOf(app, "ben");
    await iam.send(
      new CreateRoleCommand({
        RoleName: "writer",
        AssumeRolePolicyDocument: policy({
          Effect: "Allow",
          Principal: { AWS: arn },
          Action: "sts:AssumeRole",
        }),
      }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: "writer",
        PolicyName: "all",
        PolicyDocument: policy(allow("ssm:*")),
      }),
    );
    await iam.send(
      new PutUserPolicyCommand({ UserName: "ben", PolicyName: "all", PolicyDocument: policy(allow("*")) }),
    );
    const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: "ss" });
    await expect(other.sts.send(assume)).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: arn:aws:iam::000000000000:user/ben is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    });
    const whole = await sts.send(assume);
    await clientOf(app, whole).send(put);
    const narrowed = await sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: "ss", Policy: policy(allow("ssm:Get*")) }),
    );
    await expect(clientOf(app, narrowed).send(put)).rejects.toThrow(
      "because no session policy allows the ssm:PutParameter action",
    );
  });
});

function clientOf(
  app: App,
  {
    Credentials: made,
  }: {
    Credentials?:
      | {
          AccessKeyId?: string | undefined;
          SecretAccessKey?: string | undefined;
          SessionToken?: string | undefined;
        }
      | undefined;
  },
) {
  const credentials = {
    accessKeyId: made?.AccessKeyId as string,
    secretAccessKey: made?.SecretAccessKey as string,
    sessionToken: made?.SessionToken as string,
  };
  return app.client(SSMClient, { credentials });
}
