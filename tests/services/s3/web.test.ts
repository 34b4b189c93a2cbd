/** What browsers send: forms with and without a policy, preflights, websites. */
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { startApp } from "awan/testing";
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";

const Bucket = "browsers";

async function start() {
  const app = await startApp();
  const s3 = app.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
  return { app, s3, url: `${app.endpoint}/${Bucket}` };
}

function formOf(fields: Readonly<Record<string, string>>, file: string): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob([file], { type: "text/plain" }), "holiday photo.txt");
  return form;
}

test("a form uploads what its policy allows", async () => {
  const { app, s3, url } = await start();
  await using _ = app;
  const policyOf = (conditions: unknown[]) =>
    Buffer.from(
      JSON.stringify({ expiration: new Date(app.clock.nowMs() + 60_000).toISOString(), conditions }),
    ).toString("base64");
  const signed = (conditions: unknown[]) => {
    const policy = policyOf(conditions);
    return {
      AWSAccessKeyId: "test",
      policy,
      signature: createHmac("sha1", "test").update(policy).digest("base64"),
    };
  };
  const conditions = [
    { bucket: Bucket },
    ["starts-with", "$key", "up/"],
    ["content-length-range", 0, 10],
    ["eq", "$success_action_status", "201"],
    ["starts-with", "$Content-Type", "text/"],
  ];
  const fields = { key: "up/${filename}", success_action_status: "201", ...signed(conditions) };
  const posted = await fetch(url, { method: "POST", body: formOf(fields, "hello") });
  expect(posted.status).toBe(201);
  expect(await posted.text()).toContain("<Key>up/holiday photo.txt</Key>");
  expect(
    await (
      await s3.send(new GetObjectCommand({ Bucket, Key: "up/holiday photo.txt" }))
    ).Body!.transformToString(),
  ).toBe("hello");
  expect((await fetch(url, { method: "POST", body: formOf(fields, "much too long") })).status).toBe(400);
  const outside = await fetch(url, { method: "POST", body: formOf({ ...fields, key: "other" }, "x") });
  expect([outside.status, await outside.text()]).toEqual([
    403,
    expect.stringContaining("Policy Condition failed"),
  ]);
  expect((await fetch(url, { method: "POST", body: formOf({ key: "up/x" }, "x") })).status).toBe(403);
});

test("preflights and answers follow the bucket's CORS rules", async () => {
  const { app, s3, url } = await start();
  await using _ = app;
  const preflight = (origin: string) =>
    fetch(`${url}/k`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "content-type",
      },
    });
  expect((await preflight("https://app.example.com")).status).toBe(403);
  await s3.send(
    new PutBucketCorsCommand({
      Bucket,
      CORSConfiguration: {
        CORSRules: [
          {
            AllowedOrigins: ["https://*.example.com"],
            AllowedMethods: ["PUT", "GET"],
            AllowedHeaders: ["*"],
            ExposeHeaders: ["ETag"],
            MaxAgeSeconds: 60,
          },
        ],
      },
    }),
  );
  const allowed = await preflight("https://app.example.com");
  expect(allowed.status).toBe(200);
  expect(Object.fromEntries(allowed.headers)).toMatchObject({
    "access-control-allow-origin": "https://app.example.com",
    "access-control-allow-methods": "PUT, GET",
    "access-control-allow-headers": "content-type",
    "access-control-expose-headers": "ETag",
    "access-control-max-age": "60",
  });
  expect((await preflight("https://example.org")).status).toBe(403);
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
  const answered = await fetch(url, { headers: { origin: "https://app.example.com" } });
  expect(answered.headers.get("access-control-allow-origin")).toBe("https://app.example.com");
});

test("a website serves its documents and errors", async () => {
  const { app, s3 } = await start();
  await using _ = app;
  await s3.send(
    new PutBucketWebsiteCommand({
      Bucket,
      WebsiteConfiguration: {
        IndexDocument: { Suffix: "index.html" },
        ErrorDocument: { Key: "error.html" },
        RoutingRules: [
          { Condition: { KeyPrefixEquals: "docs/" }, Redirect: { ReplaceKeyPrefixWith: "documents/" } },
        ],
      },
    }),
  );
  const Policy = JSON.stringify({
    Statement: [
      {
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:GetObject", "s3:ListBucket"],
        Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
      },
    ],
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  for (const Key of ["index.html", "sub/index.html", "error.html"]) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: `this is ${Key}`, ContentType: "text/html" }));
  }
  const visit = async (path: string) => {
    const { port } = new URL(app.endpoint);
    const answer = await app.fetch(`http://${Bucket}.s3-website.us-east-1.localhost:${port}${path}`);
    return [answer.status, answer.headers.get("location") ?? (await answer.text())];
  };
  expect(await visit("/")).toEqual([200, "this is index.html"]);
  expect(await visit("/sub/")).toEqual([200, "this is sub/index.html"]);
  expect(await visit("/sub")).toEqual([302, "/sub/"]);
  expect(await visit("/missing")).toEqual([404, "this is error.html"]);
  expect(await visit("/docs/a")).toEqual([301, expect.stringMatching(/\/documents\/a$/)]);
});

test("headers of Latin-1 come back over a socket", async () => {
  const { app, s3, url } = await start();
  await using _ = app;
  const ContentDisposition = 'attachment; filename="café — 1.pdf"';
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
  await s3.send(
    new PutObjectCommand({ Bucket, Key: "a", Body: "a", ContentDisposition, ACL: "public-read" }),
  );
  for (const method of ["GET", "HEAD"]) {
    const response = await fetch(`${url}/a`, { method });
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="café   1.pdf"');
  }
});
