import {defineConfig} from 'vitest/config'
import base from '../../vitest.config.ts'
import {MAJORS} from '../support/postgres-version.ts'

/** Runs all tests that depend on Postgres's version on each supported one; QTOOL_VERSIONS=14,16 selects some. */
const majors = process.env.QTOOL_VERSIONS?.split(',') ?? MAJORS

const include = ['versions', 'sink', 'letters', 'worker'].map((folder) => `test/${folder}/**/*.test.ts`)

export default defineConfig({
  test: {
    maxWorkers: base.test?.maxWorkers,
    projects: majors.map((major) => ({
      test: {
        ...base.test,
        name: `Postgres ${major}`,
        include,
        exclude: [],
        env: {QTOOL_TEST_POSTGRES: major},
        testTimeout: 120_000,
      },
    })),
  },
})
