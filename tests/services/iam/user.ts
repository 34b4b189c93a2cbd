/** Users of an account with a key and policies of their own, for tests of what IAM lets them do. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import type { App } from "awan/testing";

export const here = "000000000000";
export const there = "111111111111";

export const policy = (...statements: object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

export interface User {
  readonly arn: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  allow(Action: string | string[], Resource: string): Promise<unknown>;
}

/** A new user who may do nothing yet. */
export async function userOf(app: App, account: string, UserName: string): Promise<User> {
  const root = { accessKeyId: account === here ? "test" : account, secretAccessKey: "test" };
  const iam = app.client(IAMClient, { credentials: root });
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return {
    arn: `arn:aws:iam::${account}:user/${UserName}`,
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId as string,
      secretAccessKey: AccessKey?.SecretAccessKey as string,
    },
    allow: (Action, Resource) =>
      iam.send(
        new PutUserPolicyCommand({
          UserName,
          PolicyName: "p",
          PolicyDocument: policy({ Effect: "Allow", Action, Resource }),
        }),
      ),
  };
}
