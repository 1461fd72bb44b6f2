/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }] },
  // Most tests wait for processes that they started.
  maxWorkers: '100%',
  // How long they take is for the benchmark: a busy machine fails no test.
  testTimeout: 30_000,
  // With --coverage only: `npm run coverage`.
  coverageProvider: 'v8',
  // Not what holds types alone: there is nothing in it to run.
  collectCoverageFrom: [
    'src/**/*.ts',
    '!src/{responses/{api-request,classification},exchange/{outcome,effects},requests/mode,steps/runner}.ts',
  ],
  coverageReporters: ['text'],
  coverageThreshold: { global: { branches: 95 } },
};
