import {defineConfig} from 'vitest/config'
import base from '../../vitest.config.ts'
import {longestFirst} from '../support/longest-first.ts'

/** The whole fault matrix, and all tests that take too long for every `npm test`. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/faults/**/*.test.ts', 'test/**/*.slow.test.ts'],
    exclude: [],
    testTimeout: 120_000,
    // They wait for outages more than others do
    maxWorkers: 4,
    sequence: {
      sequencer: longestFirst([
        'night/night.slow.test.ts',
        'surface/json.slow.test.ts',
        'operations/kept/killed.slow.test.ts',
        'global-install.slow.test.ts',
        'commands/bench/agents.slow.test.ts',
        'sink/postgres-judges.slow.test.ts',
        'faults/bench.slow.test.ts',
        'queue/shards/killed.slow.test.ts',
        'faults/upgrade.test.ts',
        'commands/enqueue-outage.slow.test.ts',
        'doctor/postgres/server.slow.test.ts',
      ]),
    },
  },
})
