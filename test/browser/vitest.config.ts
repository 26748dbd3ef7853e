import {defineConfig} from 'vitest/config'
import base from '../../vitest.config.ts'

/** The page as people use it, in Chromium. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/browser/**/*.browser.test.ts'],
    exclude: [],
    globalSetup: ['test/browser/chromium.ts', 'test/support/servers.ts'],
    // Each worker has a browser of its own, and the tests of one measure how fast the page is
    maxWorkers: 1,
    testTimeout: 60_000,
  },
})
