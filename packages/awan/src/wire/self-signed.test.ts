/** The certificate as others read it: node, and openssl where it is installed. */
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadCertificate, makeCertificate } from "./self-signed.ts";

const nowMs = Date.UTC(2026, 10, 20);

test("names, addresses and validity", () => {
  const certificate = new X509Certificate(makeCertificate(nowMs).cert);
  expect(certificate.checkHost("localhost")).toBe("localhost");
  expect(certificate.checkHost("sqs.amazonaws.com")).toBe("*.amazonaws.com");
  expect(certificate.checkHost("s3.localhost.localstack.cloud")).toBe("*.localhost.localstack.cloud");
  expect(certificate.checkHost("example.com")).toBeUndefined();
  expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(certificate.subjectAltName).toContain("IP Address:0:0:0:0:0:0:0:1");
  expect(certificate.ca).toBe(false);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(Date.parse(certificate.validFrom)).toBe(nowMs - 86_400_000);
  expect(Date.parse(certificate.validTo)).toBe(nowMs + 820 * 86_400_000);
});

test("openssl reads and verifies it", () => {
  const { cert } = makeCertificate(nowMs);
  const directory = mkdtempSync(join(tmpdir(), "awan-tls-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "cert.pem");
  writeFileSync(path, cert);
  let printed: string;
  try {
    printed = execFileSync("openssl", ["x509", "-in", path, "-noout", "-text"], { encoding: "utf8" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  expect(printed).toContain("DNS:*.localhost");
  const verified = execFileSync(
    "openssl",
    [
      "verify",
      "-x509_strict",
      "-attime",
      String(nowMs / 1000),
      "-purpose",
      "sslserver",
      "-CAfile",
      path,
      path,
    ],
    { encoding: "utf8" },
  );
  expect(verified).toContain("OK");
});

test("is kept in the data directory and renewed before it runs out", () => {
  const directory = mkdtempSync(join(tmpdir(), "awan-tls-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const first = loadCertificate({ directory, nowMs });
  expect(loadCertificate({ directory, nowMs: nowMs + 86_400_000 })).toEqual(first);
  expect(statSync(join(directory, "tls-key.pem")).mode & 0o777).toBe(0o600);
  const renewed = loadCertificate({ directory, nowMs: nowMs + 800 * 86_400_000 });
  expect(renewed.cert).not.toBe(first.cert);
  expect(readFileSync(join(directory, "tls.pem"), "utf8")).toBe(renewed.cert);
  writeFileSync(join(directory, "tls.pem"), "torn");
  expect(loadCertificate({ directory, nowMs }).cert).toContain("BEGIN CERTIFICATE");
});
