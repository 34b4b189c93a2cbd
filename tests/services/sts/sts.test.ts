/** STS through the official client: who calls, and temporary credentials that answer for whom they were made. */
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

const RoleArn = "arn:aws:iam::000000000000:role/path/deployer";

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

test("the caller is the account's root, or the account given as key", async () => {
  await using app = await startApp();
  const identity = await app.client(STSClient).send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({
    UserId: "000000000000",
    Account: "000000000000",
    Arn: "arn:aws:iam::000000000000:root",
  });
  const other = app.client(STSClient, { credentials: { accessKeyId: "111122223333", secretAccessKey: "x" } });
  expect((await other.send(new GetCallerIdentityCommand({}))).Account).toBe("111122223333");
});

test("a role's session", async () => {
  await using app = await startApp();
  const sts = app.client(STSClient);
  const { Credentials, AssumedRoleUser } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: "me" }),
  );
  expect(AssumedRoleUser?.Arn).toBe("arn:aws:sts::000000000000:assumed-role/deployer/me");
  expect(AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:me$/);
  expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(Credentials?.Expiration?.getTime()).toBe(app.clock.nowMs() + 3_600_000);
  const info = await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: Credentials?.AccessKeyId }));
  expect(info.Account).toBe("000000000000");
});

test("federated forms", async () => {
  await using app = await startApp();
  const sts = app.client(STSClient);
  expect((await sts.send(new GetSessionTokenCommand({}))).Credentials?.SessionToken).toBeDefined();
  const federated = await sts.send(new GetFederationTokenCommand({ Name: "bob" }));
  expect(federated.FederatedUser).toEqual({
    Arn: "arn:aws:sts::000000000000:federated-user/bob",
    FederatedUserId: "000000000000:bob",
  });
  const WebIdentityToken = `${part({ alg: "none" })}.${part({ sub: "u1", aud: "app", iss: "https://issuer.example" })}.`;
  expect(
    await sts.send(
      new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: "web", WebIdentityToken }),
    ),
  ).toMatchObject({ SubjectFromWebIdentityToken: "u1", Audience: "app", Provider: "https://issuer.example" });
});

test.each([
  [{ RoleArn: "arn:aws:iam::000000000000:user/someone-else", RoleSessionName: "me" }, "ValidationError"],
  [{ RoleArn, RoleSessionName: "not allowed" }, "ValidationError"],
  [{ RoleArn, RoleSessionName: "me", DurationSeconds: 10 }, "ValidationError"],
  [{ RoleArn, RoleSessionName: "me", Policy: "{" }, "MalformedPolicyDocumentException"],
])("%o is refused", async (input, name) => {
  await using app = await startApp();
  await expect(app.client(STSClient).send(new AssumeRoleCommand(input))).rejects.toMatchObject({ name });
});
