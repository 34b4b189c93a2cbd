/** The SDK's client module, as a type: what operations are typed from. Erased at build. */
export type Sns = typeof import("@aws-sdk/client-sns");
