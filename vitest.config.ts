import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The fault matrix and slow tests run by `npm run test:faults`, clusters and the like by `npm run test:topology`, the
    // versions by `npm run test:versions`, the page in a browser by `npm run test:browser`; .ci/run runs them all, and a
    // part of the versions
    exclude: [
      '**/*.slow.test.ts',
      ...['faults', 'topology', 'versions', 'browser'].map((room) => `test/${room}/**`),
    ],
    globalSetup: ['test/support/servers.ts'],
    disableConsoleIntercept: true,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Tests mostly wait for servers and commands: a third worker fills the two cores of a small machine
    maxWorkers: 3,
  },
})
