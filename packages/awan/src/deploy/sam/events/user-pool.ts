/** Cognito: a user pool of the template calls the function; the trigger is written into the pool. */
import { type Dict, isDict } from "../../template/value.ts";
import { InvalidEvent } from "../errors.ts";
import { expectMap } from "../expect.ts";
import { getAtt } from "../intrinsics.ts";
import { shown } from "../python/text.ts";
import { arnOf } from "../resource.ts";
import { shape } from "../shape.ts";
import { existing } from "./bucket.ts";
import { type EventKind, type EventKinds, permission } from "./event.ts";

const poolShape = shape(
  [
    "AccountRecoverySetting",
    "AdminCreateUserConfig",
    "AliasAttributes",
    "AutoVerifiedAttributes",
    "DeletionProtection",
    "DeviceConfiguration",
    "EmailAuthenticationMessage",
    "EmailAuthenticationSubject",
    "EmailConfiguration",
    "EmailVerificationMessage",
    "EmailVerificationSubject",
    "EnabledMfas",
    "LambdaConfig",
    "MfaConfiguration",
    "Policies",
    "Schema",
    "SmsAuthenticationMessage",
    "SmsConfiguration",
    "SmsVerificationMessage",
    "UserAttributeUpdateSettings",
    "UsernameAttributes",
    "UsernameConfiguration",
    "UserPoolAddOns",
    "UserPoolName",
    "UserPoolTags",
    "UserPoolTier",
    "VerificationMessageTemplate",
    "WebAuthnRelyingPartyID",
    "WebAuthnUserVerification",
  ]
    .map((name) => `${name}: pass`)
    .join(";"),
);

const cognito: EventKind = {
  shape: shape(`UserPool: !string; Trigger: !=string|[string]`),
  link: (sam, event) => {
    const pool = event.properties["UserPool"];
    if (isDict(pool) && "Ref" in pool) {
      const id = pool["Ref"];
      if (typeof id !== "string") throw new InvalidEvent(event.id, "Ref in Userpool is not a string.");
      if (id in sam.resources) return { id, pool: sam.resources[id] };
    }
    throw new InvalidEvent(
      event.name,
      "Cognito events must reference a Cognito UserPool in the same template.",
    );
  },
  make: (_sam, event, { target, link }) => {
    const pool = link["pool"] as Dict;
    const id = link["id"] as string;
    const allowed = permission({ id: `${target.resource.id}Cognito` }, target, {
      principal: "cognito-idp.amazonaws.com",
      SourceArn: getAtt(id, "Arn"),
    });
    const trigger = event.properties["Trigger"];
    pool["Properties"] ??= {};
    const properties = pool["Properties"];
    expectMap(properties, { id, path: "Properties", of: "attribute" });
    const config = properties["LambdaConfig"] ?? {};
    expectMap(config, { id, path: "LambdaConfig" });
    properties["LambdaConfig"] = config;
    for (const name of typeof trigger === "string" ? [trigger] : (trigger as string[])) {
      if (name in config) {
        throw new InvalidEvent(event.name, `Cognito trigger "${shown(trigger)}" defined multiple times.`);
      }
      config[name] = arnOf(target.resource);
    }
    return [allowed, existing(id, pool, { type: "AWS::Cognito::UserPool", of: poolShape })];
  },
};

export const userPoolEvents: EventKinds = { Cognito: cognito };
