import {defineConfig} from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Slow ones are for `npm run test:faults`; the folder is for `npm run test:versions`, of which .ci/run takes a part
    exclude: ['**/*.slow.test.ts', 'test/versions/**'],
    globalSetup: ['test/support/servers.ts'],
    disableConsoleIntercept: true,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Tests mostly wait for servers and commands: a third worker fills the two cores of a small machine
    maxWorkers: 3,
  },
})
