import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The fault matrix and slow tests run by `npm run test:faults`, the versions by `npm run test:versions`; .ci/run runs
    // the former whole and a part of the latter
    exclude: ['**/*.slow.test.ts', 'test/faults/**', 'test/versions/**'],
    globalSetup: ['test/support/servers.ts'],
    disableConsoleIntercept: true,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Tests mostly wait for servers and commands: a third worker fills the two cores of a small machine
    maxWorkers: 3,
  },
})
