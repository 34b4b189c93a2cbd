/** IAM through the official client: roles, policies and versions, users and keys, what may not be deleted. */
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagRoleCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { startApp } from "awan/testing";
import { describe, expect, test } from "vitest";

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const document = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });
const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

describe("roles", () => {
  test("are created, read, tagged, listed", async () => {
    await using app = await startApp();
    const iam = app.client(IAMClient);
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: "worker",
        Path: "/app/",
        AssumeRolePolicyDocument: trust,
        Description: "works",
      }),
    );
    expect(Role).toMatchObject({
      Arn: "arn:aws:iam::000000000000:role/app/worker",
      Path: "/app/",
      AssumeRolePolicyDocument: encodeURIComponent(trust),
    });
    await iam.send(new TagRoleCommand({ RoleName: "worker", Tags: [{ Key: "team", Value: "blue" }] }));
    const read = await iam.send(new GetRoleCommand({ RoleName: "worker" }));
    expect(read.Role).toMatchObject({
      RoleId: Role?.RoleId,
      MaxSessionDuration: 3600,
      Tags: [{ Key: "team", Value: "blue" }],
    });
    const elsewhere = app.client(IAMClient, { region: "eu-west-1" });
    expect((await elsewhere.send(new ListRolesCommand({ PathPrefix: "/app/" }))).Roles).toHaveLength(1);
    await expect(
      iam.send(new CreateRoleCommand({ RoleName: "worker", AssumeRolePolicyDocument: trust })),
    ).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "Role with name worker already exists.",
    });
    await expect(iam.send(new GetRoleCommand({ RoleName: "nobody" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "The role with name nobody cannot be found.",
    });
  });

  test("keep policies until those are taken away", async () => {
    await using app = await startApp();
    const iam = app.client(IAMClient);
    await iam.send(new CreateRoleCommand({ RoleName: "worker", AssumeRolePolicyDocument: trust }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: "worker", PolicyArn: basic }));
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: "worker",
        PolicyName: "inline",
        PolicyDocument: document("sqs:*"),
      }),
    );
    expect(
      (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: "worker" }))).AttachedPolicies,
    ).toEqual([{ PolicyName: "AWSLambdaBasicExecutionRole", PolicyArn: basic }]);
    const inline = await iam.send(new GetRolePolicyCommand({ RoleName: "worker", PolicyName: "inline" }));
    expect(decodeURIComponent(inline.PolicyDocument as string)).toBe(document("sqs:*"));
    expect((await iam.send(new GetPolicyCommand({ PolicyArn: basic }))).Policy).toMatchObject({
      Path: "/service-role/",
      AttachmentCount: 1,
    });
    await expect(iam.send(new DeleteRoleCommand({ RoleName: "worker" }))).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete entity, must detach all policies first.",
    });
    await expect(
      iam.send(
        new AttachRolePolicyCommand({
          RoleName: "worker",
          PolicyArn: "arn:aws:iam::000000000000:policy/none",
        }),
      ),
    ).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });
});

describe("managed policies", () => {
  test("have at most five versions, one of them the default", async () => {
    await using app = await startApp();
    const iam = app.client(IAMClient);
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: "p", PolicyDocument: document("s3:*") }),
    );
    const PolicyArn = Policy?.Arn as string;
    const add = (action: string, SetAsDefault = false) =>
      iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: document(action), SetAsDefault }));
    expect((await add("s3:Get*", true)).PolicyVersion).toMatchObject({
      VersionId: "v2",
      IsDefaultVersion: true,
    });
    for (const action of ["s3:List*", "s3:Put*", "s3:Delete*"]) await add(action);
    await expect(add("s3:One")).rejects.toMatchObject({ name: "LimitExceededException" });
    const read = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v2" }));
    expect(decodeURIComponent(read.PolicyVersion?.Document as string)).toBe(document("s3:Get*"));
    await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
  });

  test.each([
    ["{", "Syntax errors in policy."],
    ['{"Statement":[{"Effect":"Maybe","Action":"s3:*","Resource":"*"}]}', "Syntax errors in policy."],
    ['{"Statement":[{"Effect":"Allow","Resource":"*"}]}', "Policy statement must contain actions."],
    ['{"Statement":[{"Effect":"Allow","Action":"s3:*"}]}', "Policy statement must contain resources."],
    [
      '{"Statement":[{"Effect":"Allow","Action":"GetObject","Resource":"*"}]}',
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    ],
    [
      '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}]}',
      'Resource bucket must be in ARN format or "*".',
    ],
  ])("%s is malformed", async (PolicyDocument, message) => {
    await using app = await startApp();
    await expect(
      app.client(IAMClient).send(new CreatePolicyCommand({ PolicyName: "p", PolicyDocument })),
    ).rejects.toMatchObject({ name: "MalformedPolicyDocumentException", message });
  });
});

test("a user's access key is the user", async () => {
  await using app = await startApp();
  const iam = app.client(IAMClient);
  const { User } = await iam.send(new CreateUserCommand({ UserName: "ann" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "ann" }));
  expect(AccessKey?.AccessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  const sts = app.client(STSClient, {
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId as string,
      secretAccessKey: AccessKey?.SecretAccessKey as string,
    },
  });
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    UserId: User?.UserId,
    Account: "000000000000",
  });
  await expect(iam.send(new DeleteUserCommand({ UserName: "ann" }))).rejects.toMatchObject({
    name: "DeleteConflictException",
    message: "Cannot delete entity, must delete access keys first.",
  });
});

test("the simulator decides by the identity's policies", async () => {
  await using app = await startApp();
  const iam = app.client(IAMClient);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "r", AssumeRolePolicyDocument: trust }));
  const PolicyDocument = document("s3:Get*");
  await iam.send(new PutRolePolicyCommand({ RoleName: "r", PolicyName: "read", PolicyDocument }));
  const { EvaluationResults } = await iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: Role?.Arn,
      ActionNames: ["s3:GetObject", "s3:PutObject"],
    }),
  );
  expect(EvaluationResults?.map(({ EvalDecision }) => EvalDecision)).toEqual(["allowed", "implicitDeny"]);
  expect(EvaluationResults?.[0]?.MatchedStatements?.[0]?.SourcePolicyId).toBe("role_r_read");
});
