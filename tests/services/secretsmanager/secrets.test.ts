/** Secrets Manager through the official client: versions, labels, recovery, and secrets of templates. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";

test("versions and labels", async () => {
  await using app = await startApp();
  const secrets = app.client(SecretsManagerClient);
  const { ARN, VersionId } = await secrets.send(
    new CreateSecretCommand({ Name: "db/main", SecretString: "one" }),
  );
  expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:db\/main-[A-Za-z0-9]{6}$/);
  await secrets.send(new PutSecretValueCommand({ SecretId: "db/main", SecretString: "two" }));
  const read = async (rest: object = {}, SecretId = "db/main") =>
    (await secrets.send(new GetSecretValueCommand({ SecretId, ...rest }))).SecretString;
  expect(await read()).toBe("two");
  expect(await read({ VersionStage: "AWSPREVIOUS" })).toBe("one");
  expect(await read({ VersionId })).toBe("one");
  expect(await read({}, ARN)).toBe("two");
  expect(await read({}, ARN?.slice(0, -7))).toBe("two");
  const described = await secrets.send(new DescribeSecretCommand({ SecretId: "db/main" }));
  expect(described.VersionIdsToStages?.[VersionId as string]).toEqual(["AWSPREVIOUS"]);
  const parameter = await app
    .client(SSMClient)
    .send(new GetParameterCommand({ Name: "/aws/reference/secretsmanager/db/main", WithDecryption: true }));
  expect(parameter.Parameter?.Value).toBe("two");
});

test("a deleted secret can be restored until its window ends", async () => {
  await using app = await startApp();
  const secrets = app.client(SecretsManagerClient);
  const SecretId = "s";
  await secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: "x" }));
  await secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
  await expect(secrets.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
    name: "InvalidRequestException",
  });
  await app.clock.advance("6d");
  await secrets.send(new RestoreSecretCommand({ SecretId }));
  await app.clock.advance("2d");
  await secrets.send(new GetSecretValueCommand({ SecretId }));
  await secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
  await app.clock.advance("7d");
  await expect(secrets.send(new DescribeSecretCommand({ SecretId }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Secrets Manager can't find the specified secret.",
  });
  expect((await secrets.send(new ListSecretsCommand({ IncludePlannedDeletion: true }))).SecretList).toEqual(
    [],
  );
});

test("a template's generated secret", async () => {
  await using app = await startApp();
  const cloudFormation = app.client(CloudFormationClient);
  const TemplateBody = JSON.stringify({
    Resources: {
      Secret: {
        Type: "AWS::SecretsManager::Secret",
        Properties: {
          GenerateSecretString: {
            SecretStringTemplate: '{"username":"admin"}',
            GenerateStringKey: "password",
            PasswordLength: 20,
            ExcludePunctuation: true,
          },
        },
      },
    },
    Outputs: { Arn: { Value: { Ref: "Secret" } } },
  });
  await cloudFormation.send(new CreateStackCommand({ StackName: "secrets", TemplateBody }));
  await app.settle();
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: "secrets" }));
  const value = await app
    .client(SecretsManagerClient)
    .send(new GetSecretValueCommand({ SecretId: Stacks?.[0]?.Outputs?.[0]?.OutputValue }));
  expect(JSON.parse(value.SecretString ?? "")).toEqual({
    username: "admin",
    password: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
  });
});
