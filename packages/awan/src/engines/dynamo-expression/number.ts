/**
 * DynamoDB's numbers: decimals of at most 38 significant digits between 1e-130 and 9.99…e125, compared and added
 * exactly. They travel as text; `normalizeNumber` gives the one text each value has.
 */
import { validationError } from "./errors.ts";

/** 0.DIGITS × 10^exponent; zero has no digits. Digits start and end with 1–9. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const digitsMax = 38;
const exponentMax = 126;
const exponentMin = -129;

const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** Up to 15 digits without sign of a leading zero or a fraction: already normal, and by far the most common. */
const plainInteger = /^(?:0|-?[1-9]\d{0,14})$/;

function parseDecimal(text: string): Decimal | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const all = whole + fraction;
  const leading = /^0*/.exec(all)?.[0].length ?? 0;
  const digits = all.slice(leading).replace(/0+$/, "");
  if (digits === "") return zero;
  return { negative: sign === "-", digits, exponent: whole.length - leading + Number(power) };
}

const zero: Decimal = { negative: false, digits: "", exponent: 0 };

function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (parsed === undefined) throw notANumber(text);
  return parsed;
}

const notANumber = (text: string): Error =>
  validationError(
    text === ""
      ? "The parameter cannot be converted to a numeric value"
      : `The parameter cannot be converted to a numeric value: ${text}`,
  );

/** Refuses what DynamoDB cannot hold; gives the canonical text: no exponent, no superfluous zeros. */
export function normalizeNumber(text: string): string {
  return plainInteger.test(text) ? text : formatDecimal(checked(decimal(text)));
}

/** Also what a sum of more than 38 digits is called. */
const overflow = (): Error =>
  validationError("Number overflow. Attempting to store a number with magnitude larger than supported range");

function checked(value: Decimal): Decimal {
  if (value.digits === "") return value;
  if (value.exponent > exponentMax) {
    throw overflow();
  }
  if (value.exponent < exponentMin) {
    throw validationError(
      "Number underflow. Attempting to store a number with magnitude smaller than supported range",
    );
  }
  if (value.digits.length > digitsMax) {
    throw validationError("Attempting to store more than 38 significant digits in a Number");
  }
  return value;
}

function formatDecimal({ negative, digits, exponent }: Decimal): string {
  if (digits === "") return "0";
  const sign = negative ? "-" : "";
  if (exponent <= 0) return `${sign}0.${"0".repeat(-exponent)}${digits}`;
  if (exponent >= digits.length) return `${sign}${digits}${"0".repeat(exponent - digits.length)}`;
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  if (plainInteger.test(a) && plainInteger.test(b)) return Number(a) - Number(b);
  const x = decimal(a);
  const y = decimal(b);
  const signs = signOf(x) - signOf(y);
  if (signs !== 0) return signs;
  const magnitude = x.exponent - y.exponent || (x.digits < y.digits ? -1 : x.digits > y.digits ? 1 : 0);
  return x.negative ? -magnitude : magnitude;
}

const signOf = ({ negative, digits }: Decimal): number => (digits === "" ? 0 : negative ? -1 : 1);

/** `a + b`, exactly or refused: DynamoDB does not round. */
export function addNumbers(a: string, b: string): string {
  if (plainInteger.test(a) && plainInteger.test(b)) return String(Number(a) + Number(b));
  const x = decimal(a);
  const y = decimal(b);
  if (x.digits === "") return formatDecimal(checked(y));
  if (y.digits === "") return formatDecimal(checked(x));
  const lowest = Math.min(x.exponent - x.digits.length, y.exponent - y.digits.length);
  const sum = scaled(x, lowest) + scaled(y, lowest);
  const negative = sum < 0n;
  const text = String(negative ? -sum : sum);
  const digits = text.replace(/0+$/, "");
  if (digits === "") return "0";
  if (digits.length > digitsMax) throw overflow();
  return formatDecimal(checked({ negative, digits, exponent: text.length + lowest }));
}

export function subtractNumbers(a: string, b: string): string {
  return addNumbers(a, b.startsWith("-") ? b.slice(1) : `-${b}`);
}

/** The value as an integer multiple of 10^lowest. */
function scaled({ negative, digits, exponent }: Decimal, lowest: number): bigint {
  const magnitude = BigInt(digits) * 10n ** BigInt(exponent - digits.length - lowest);
  return negative ? -magnitude : magnitude;
}

/**
 * ASCII text whose order is the numbers' order: a sign class, the exponent, the digits; complemented below zero and
 * closed by `~`, so that fewer digits sort later there.
 */
export function encodeNumber(text: string): string {
  const { negative, digits, exponent } = decimal(text);
  if (digits === "") return "1";
  const biased = exponent + 500;
  if (!negative) return `2${biased}${digits}`;
  let complement = "";
  for (const digit of digits) complement += 9 - Number(digit);
  return `0${999 - biased}${complement}~`;
}

/** Bytes as AWS counts a number: one, and one per two significant digits; one more for a negative number. */
export function numberSizeBytes(text: string): number {
  const { negative, digits, exponent } = decimal(text);
  if (digits === "") return 1;
  const paired = digits.length + (exponent % 2 === 0 ? 0 : 1);
  return 1 + Math.ceil(paired / 2) + (negative ? 1 : 0);
}

/** The form in which DynamoDB hashes a number: an exponent byte, then base-100 digits, complemented below zero. */
export function numberBytes(text: string): Uint8Array {
  const { negative, digits, exponent } = decimal(text);
  if (digits === "") return Uint8Array.of(0x80);
  // Pairs are aligned to the decimal point.
  const aligned = exponent % 2 === 0 ? digits : `0${digits}`;
  const pairs = (aligned.length % 2 === 0 ? aligned : `${aligned}0`).match(/../g) ?? [];
  const power = Math.ceil(exponent / 2) - 64;
  const bytes = [
    negative ? ~power : power,
    ...pairs.map((pair) => (negative ? 101 - Number(pair) : Number(pair) + 1)),
  ];
  if (negative && pairs.length < 20) bytes.push(102);
  return Uint8Array.from(bytes);
}
