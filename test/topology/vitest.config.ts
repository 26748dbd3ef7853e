import {defineConfig} from 'vitest/config'
import base from '../../vitest.config.ts'

/** Everything that starts a cluster, or servers that watch or copy each other. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/topology/**/*.test.ts'],
    exclude: [],
    testTimeout: 120_000,
  },
})
