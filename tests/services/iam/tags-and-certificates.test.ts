/** What every kind of IAM entity has alike: tags and boundaries; and server certificates, trust policies, linked roles. */
import * as iam from "@aws-sdk/client-iam";
import { startApp } from "awan/testing";
import { expect, test } from "vitest";
import { makeCertificate } from "../../../packages/awan/src/wire/self-signed.ts";

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: ["a.amazonaws.com"] }, Action: ["sts:AssumeRole"] }],
});

test("a server certificate is kept, renamed, tagged and deleted", async () => {
  await using app = await startApp();
  const client = app.client(iam.IAMClient);
  const { cert, key } = makeCertificate(Date.UTC(2026, 0, 1));
  const upload = { ServerCertificateName: "web", CertificateBody: cert, PrivateKey: key };
  const { ServerCertificateMetadata } = await client.send(new iam.UploadServerCertificateCommand(upload));
  expect(ServerCertificateMetadata?.Arn).toBe("arn:aws:iam::000000000000:server-certificate/web");
  expect(ServerCertificateMetadata?.Expiration?.getTime()).toBeGreaterThan(Date.UTC(2026, 0, 2));
  await expect(client.send(new iam.UploadServerCertificateCommand(upload))).rejects.toMatchObject({
    name: "EntityAlreadyExistsException",
  });
  await client.send(
    new iam.UpdateServerCertificateCommand({ ServerCertificateName: "web", NewServerCertificateName: "new" }),
  );
  const ServerCertificateName = "new";
  const Tags = [{ Key: "a", Value: "b" }];
  await client.send(new iam.TagServerCertificateCommand({ ServerCertificateName, Tags }));
  const { ServerCertificate } = await client.send(
    new iam.GetServerCertificateCommand({ ServerCertificateName }),
  );
  expect(ServerCertificate).toMatchObject({ CertificateBody: cert.trim(), Tags });
  await client.send(new iam.DeleteServerCertificateCommand({ ServerCertificateName }));
  const left = await client.send(new iam.ListServerCertificatesCommand({}));
  expect(left.ServerCertificateMetadataList).toEqual([]);
});

test("tags and boundaries of roles and users; a trust policy's lists of one", async () => {
  await using app = await startApp();
  const client = app.client(iam.IAMClient);
  const [RoleName, UserName] = ["r", "u"];
  await client.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  await client.send(new iam.CreateUserCommand({ UserName }));
  const Tags = [
    { Key: "a", Value: "1" },
    { Key: "b", Value: "2" },
  ];
  await client.send(new iam.TagRoleCommand({ RoleName, Tags }));
  await client.send(new iam.TagUserCommand({ UserName, Tags }));
  await client.send(new iam.UntagUserCommand({ UserName, TagKeys: ["a"] }));
  const PermissionsBoundary = "arn:aws:iam::aws:policy/PowerUserAccess";
  await client.send(new iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }));
  await client.send(new iam.PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }));
  await client.send(new iam.DeleteUserPermissionsBoundaryCommand({ UserName }));
  const { Role } = await client.send(new iam.GetRoleCommand({ RoleName }));
  expect(Role?.Tags).toEqual(Tags);
  expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(PermissionsBoundary);
  expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""))).toMatchObject({
    Statement: [{ Principal: { Service: "a.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
  const { User } = await client.send(new iam.GetUserCommand({ UserName }));
  expect(User).toMatchObject({ Tags: [{ Key: "b", Value: "2" }] });
  expect(User?.PermissionsBoundary).toBeUndefined();
});

test("a service-linked role has the name and the policies AWS gives it", async () => {
  await using app = await startApp();
  const client = app.client(iam.IAMClient);
  const { Role } = await client.send(
    new iam.CreateServiceLinkedRoleCommand({ AWSServiceName: "connect.amazonaws.com", CustomSuffix: "x" }),
  );
  expect(Role?.RoleName).toBe("AWSServiceRoleForAmazonConnect_x");
  const { AttachedPolicies } = await client.send(
    new iam.ListAttachedRolePoliciesCommand({ RoleName: Role?.RoleName }),
  );
  expect(AttachedPolicies?.map(({ PolicyName }) => PolicyName)).toEqual([
    "AmazonConnectServiceLinkedRolePolicy",
  ]);
});
