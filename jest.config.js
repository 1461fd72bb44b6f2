import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }] },
  // As in the bundles, which leave these out (`scripts/bundle.ts`): they take 0.15 s to load in each test file.
  moduleNameMapper: { '^(undici|tunnel)$': '<rootDir>/scripts/left-out.ts' },
  // Twice as many workers as cores, because most tests wait for processes.
  maxWorkers: 2 * availableParallelism(),
  // Generous, because a slow machine should not fail a test: the benchmark measures time.
  testTimeout: 30_000,
  // These apply only with --coverage: `npm run coverage`.
  coverageProvider: 'v8',
  // Without the files that contain only types, because they have no code to run.
  collectCoverageFrom: [
    'src/**/*.ts',
    '!src/{responses/{api-request,classification},exchange/{outcome,effects},requests/mode,steps/runner}.ts',
  ],
  coverageReporters: ['text'],
  // Functions too, because v8 counts a file whose functions nobody calls as 100 % of branches.
  coverageThreshold: { global: { branches: 95, functions: 95 } },
};
