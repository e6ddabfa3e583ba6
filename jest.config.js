// Jest's own ESM mode does not run here (CommonJS dependencies require the ESM-only Nest), so SWC turns our
// TypeScript and those packages into CommonJS.
const swc = (parser) => [
  '@swc/jest',
  {
    swcrc: false,
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser,
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'commonjs' },
  },
];

/** @param more settings of this project alone */
const project = (displayName, roots, testMatch, more = {}) => ({
  ...more,
  displayName,
  roots,
  testMatch,
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': swc({ syntax: 'typescript', decorators: true }),
    '^.+\\.m?js$': swc({ syntax: 'ecmascript' }),
  },
  transformIgnorePatterns: [
    '/node_modules/(?!(@nestjs|file-type|strtok3|token-types|@tokenizer|@borewit|uint8array-extras|load-esm)/)',
  ],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
});

export default {
  projects: [
    project('unit', ['<rootDir>/src'], ['**/*.spec.ts']),
    project('contract', ['<rootDir>/test/contract'], ['**/*.spec.ts']),
    project('e2e', ['<rootDir>/test/e2e'], ['**/*.spec.ts']),
    project('cassandra', ['<rootDir>/test/cassandra'], ['**/*.spec.ts'], {
      globalSetup: '<rootDir>/test/support/cassandra-setup.ts',
      globalTeardown: '<rootDir>/test/support/cassandra-teardown.ts',
    }),
    project('faults', ['<rootDir>/test/faults'], ['**/*.spec.ts']),
    project('browser', ['<rootDir>/test/browser'], ['**/*.spec.ts']),
  ],
  testTimeout: 30_000,
  // cassandra-driver 4.10 may leave a reconnection timer behind when it is shut down while a node is away.
  forceExit: true,
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.cjs'],
};
