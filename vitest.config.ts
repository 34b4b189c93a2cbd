import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Resolve our own packages to their TypeScript source: no build before a test run. "module" must stay out of the
// list: it breaks @aws-sdk/core.
const conditions = ["awan/source", "node"];

export default defineConfig({
  ssr: { resolve: { conditions } },
  test: {
    pool: "forks",
    // By default one core is left idle, which on a machine of two is half of it.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Generous: on a busy machine the first test of a file waits for everything it imports.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // As Node does it: a CommonJS module is its `exports`.
    deps: { interopDefault: false },
    projects: [
      { extends: true, test: { name: "unit", include: ["packages/**/src/**/*.test.ts"] } },
      { extends: true, test: { name: "services", include: ["tests/services/**/*.test.ts"] } },
      { extends: true, test: { name: "conformance", include: ["tests/conformance/**/*.test.ts"] } },
      { extends: true, test: { name: "simulation", include: ["tests/simulation/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "end-to-end", include: ["tests/end-to-end/**/*.test.ts", "patterns/**/*.test.ts"] },
      },
    ],
  },
});
