/** Every documented number of Lambda, once. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const limits = {
  timeoutSecondsDefault: 3,
  memoryMbDefault: 128,
  ephemeralStorageMbDefault: 512,
  concurrentExecutions: 1000,
  /** What reserved concurrency must leave to everybody else. */
  unreservedConcurrencyMin: 100,
  environmentBytesMax: 4096,
  layersMax: 5,
  zippedBytesMax: 52_428_800,
  unzippedBytesMax: 262_144_000,
  codeStorageBytesMax: 80_530_636_800,
  requestBytesMax: 6_291_556,
  asynchronousRequestBytesMax: 1_048_576,
  /** Waits before the two retries of an asynchronous event. */
  retryDelaysMs: [60_000, 120_000],
  retryAttemptsDefault: 2,
  eventAgeSecondsDefault: 21_600,
  /** Backoff of a throttled asynchronous event. */
  throttleDelayMsFirst: 1000,
  throttleDelayMsMax: 300_000,
  /** Times a function may come in one chain of invocations. */
  chainLengthMax: 16,
  lineagesRememberedMax: 20_000,
  /** Synchronous requests a second for each instance the function may have. */
  requestsPerSecondAndInstance: 10,
  logTailBytes: 4096,
  tagsMax: 50,
  /** Each is a process of this machine. */
  provisionedHereMax: 10,
  additionalVersionsMax: 1,
} as const;

/** What CreateFunction accepts, in the order AWS's message lists it (recorded answer, 2026). */
export const runtimes: readonly string[] = [
  "nodejs20.x",
  "python3.14",
  "provided.al2023",
  "python3.12",
  "python3.13",
  "nodejs24.x",
  "nodejs22.x",
  "java25",
  "python3.10",
  "python3.11",
  "java21",
  "ruby3.3",
  "ruby3.4",
  "ruby3.2",
  "python3.8",
  "python3.9",
  "java17",
  "nodejs16.x",
  "dotnet10",
  "dotnet8",
  "java11",
  "dotnet6",
  "nodejs18.x",
  "provided.al2",
  "java8.al2",
];

/** Known to AWS, refused for new functions. */
export const retiredRuntimes: ReadonlySet<string> = new Set([
  "nodejs",
  "nodejs4.3",
  "nodejs4.3-edge",
  "nodejs6.10",
  "nodejs8.10",
  "nodejs10.x",
  "nodejs12.x",
  "nodejs14.x",
  "python2.7",
  "python3.6",
  "python3.7",
  "ruby2.5",
  "ruby2.7",
  "dotnetcore1.0",
  "dotnetcore2.0",
  "dotnetcore2.1",
  "dotnetcore3.1",
  "dotnet5.0",
  "dotnet7",
  "java8",
  "go1.x",
  "provided",
]);
