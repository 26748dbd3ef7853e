import {defineConfig} from 'vitest/config'
import base from '../../vitest.config.ts'

/** The whole fault matrix, and all tests that take too long for every `npm test`. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/faults/**/*.test.ts', 'test/**/*.slow.test.ts'],
    exclude: [],
    testTimeout: 120_000,
  },
})
