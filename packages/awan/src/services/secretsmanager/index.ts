/** Secrets Manager: secrets with versions, staging labels, deletion with a recovery window. */
import type { Service } from "../../host/service.ts";
import { AwsError } from "../../kernel/errors.ts";
import type { Operations } from "../../model/operations.ts";
import type { Client } from "./client.ts";
import { deleteSecret, restoreSecret } from "./operations/delete.ts";
import * as read from "./operations/read.ts";
import * as rotate from "./operations/rotate.ts";
import * as write from "./operations/write.ts";
import type { SecretsManagerPort } from "./port.ts";
import { deleteWhenDue, findLive, findVersion } from "./secret.ts";

export const operations = {
  BatchGetSecretValue: read.batchGetSecretValue,
  CreateSecret: write.createSecret,
  DeleteResourcePolicy: write.deleteResourcePolicy,
  DeleteSecret: deleteSecret,
  DescribeSecret: read.describeSecret,
  GetRandomPassword: write.getRandomPassword,
  GetResourcePolicy: read.getResourcePolicy,
  GetSecretValue: read.getSecretValue,
  ListSecretVersionIds: read.listSecretVersionIds,
  ListSecrets: read.listSecrets,
  CancelRotateSecret: rotate.cancelRotateSecret,
  PutResourcePolicy: write.putResourcePolicy,
  PutSecretValue: write.putSecretValue,
  RestoreSecret: restoreSecret,
  RotateSecret: rotate.rotateSecret,
  TagResource: write.tagResource,
  UntagResource: write.untagResource,
  UpdateSecret: write.updateSecret,
  UpdateSecretVersionStage: write.updateSecretVersionStage,
  ValidateResourcePolicy: rotate.validateResourcePolicy,
} satisfies Operations<Client>;

const port: SecretsManagerPort = {
  secret: (call, { secretId, versionId, stage }) => {
    try {
      const { name, row } = findLive(call, secretId);
      const found = findVersion(call, name, { versionId, stage });
      return {
        arn: row.arn,
        name,
        versionId: found.versionId,
        stages: found.labels,
        createdAtMs: found.row.createdAtMs,
        text: found.row.text,
      };
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  },
};

export const service: Service = {
  name: "secretsmanager",
  operations,
  duties: { delete: deleteWhenDue, rotate: rotate.rotateWhenDue },
  completions: { stepped: rotate.stepped },
  needs: ["lambda"],
  port,
};
