import {defineConfig} from 'vitest/config'
import base from '../../vitest.config.ts'
import {longestFirst} from '../support/longest-first.ts'

/** Everything that starts a cluster, or servers that watch or copy each other. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/topology/**/*.test.ts'],
    exclude: [],
    testTimeout: 120_000,
    // They wait for servers to find each other more than others do
    maxWorkers: 4,
    sequence: {
      sequencer: longestFirst([
        'topology/sentinel/load.test.ts',
        'topology/cluster/conformance.test.ts',
        'topology/durability/failover.test.ts',
        'topology/cluster/load.test.ts',
        'topology/cluster/half-dead.test.ts',
        'topology/sentinel/conformance.test.ts',
        'topology/cluster/stack.test.ts',
      ]),
    },
  },
})
