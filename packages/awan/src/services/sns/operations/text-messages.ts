/** Account-wide settings of text messages, and numbers that want none. */
import type { Call } from "../../../host/call.ts";
import type { Input, Output } from "../../../model/operations.ts";
import { invalidParameter, invalidParameterText } from "../errors.ts";
import { optedOutNumbers, smsAttributes } from "../keys.ts";
import { smsSpendLimit } from "../limits.ts";
import type { Sns } from "../sdk.ts";

const names = new Set([
  "MonthlySpendLimit",
  "DeliveryStatusIAMRole",
  "DeliveryStatusSuccessSamplingRate",
  "DefaultSenderID",
  "DefaultSMSType",
  "UsageReportS3Bucket",
]);

export function setSmsAttributes(call: Call, input: Input<Sns, "SetSMSAttributes">): void {
  const given = input.attributes ?? {};
  for (const [name, value] of Object.entries(given)) {
    if (!names.has(name)) throw invalidParameterText(`${name} is not a valid attribute`);
    if (name === "DefaultSMSType" && value !== "Promotional" && value !== "Transactional") {
      throw invalidParameterText("DefaultSMSType is invalid");
    }
    if (name === "DefaultSenderID" && !(/^[A-Za-z0-9]{1,11}$/.test(value) && /[A-Za-z]/.test(value))) {
      throw invalidParameterText("DefaultSenderID is invalid");
    }
  }
  smsAttributes.set(call.tx, [], { ...smsAttributes.get(call.tx, []), ...given });
}

export function getSmsAttributes(
  call: Call,
  input: Input<Sns, "GetSMSAttributes">,
): Output<Sns, "GetSMSAttributes"> {
  const all = { MonthlySpendLimit: smsSpendLimit, ...smsAttributes.get(call.tx, []) };
  const asked = input.attributes ?? [];
  if (asked.length === 0) return { attributes: all };
  return { attributes: Object.fromEntries(Object.entries(all).filter(([name]) => asked.includes(name))) };
}

function checkedNumber(number: string | undefined): string {
  if (number === undefined || !/^\+?\d{5,15}$/.test(number)) {
    throw invalidParameter("PhoneNumber Reason: input incorrectly formatted");
  }
  return number;
}

export function checkIfPhoneNumberIsOptedOut(
  call: Call,
  input: Input<Sns, "CheckIfPhoneNumberIsOptedOut">,
): Output<Sns, "CheckIfPhoneNumberIsOptedOut"> {
  return { isOptedOut: optedOutNumbers.has(call.tx, [checkedNumber(input.phoneNumber)]) };
}

export function listPhoneNumbersOptedOut(call: Call): Output<Sns, "ListPhoneNumbersOptedOut"> {
  return { phoneNumbers: [...optedOutNumbers.scan(call.tx, [])].map(({ key }) => key[0]) };
}

export function optInPhoneNumber(call: Call, input: Input<Sns, "OptInPhoneNumber">): void {
  optedOutNumbers.delete(call.tx, [checkedNumber(input.phoneNumber)]);
}

export function getSmsSandboxAccountStatus(): Output<Sns, "GetSMSSandboxAccountStatus"> {
  return { IsInSandbox: false };
}
