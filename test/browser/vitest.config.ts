import {defineConfig} from 'vitest/config'
import base from '../../vitest.config.ts'
import {longestFirst} from '../support/longest-first.ts'

/** The page as people use it, in Chromium. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/browser/**/*.browser.test.ts'],
    exclude: [],
    globalSetup: ['test/browser/chromium.ts', 'test/support/servers.ts'],
    // Each worker has a browser of its own; a third would make those late that measure how fast the page is
    maxWorkers: 2,
    sequence: {sequencer: longestFirst(['browser/letters-night.browser.test.ts'])},
    testTimeout: 60_000,
  },
})
