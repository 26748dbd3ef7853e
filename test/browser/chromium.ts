import {accessSync, constants} from 'node:fs'
import {delimiter, join} from 'node:path'
import type {TestProject} from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The browser that is started: `inject('chromium')`. */
    chromium: string
  }
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** Finds Chromium before anything else is started. */
export default function setup(project: TestProject): void {
  project.provide('chromium', findChromium(process.env))
}

/** @throws Error that says what to do */
export function findChromium({QTOOL_CHROMIUM: named, PATH = ''}: NodeJS.ProcessEnv): string {
  const places = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)))
  const found = (named ? [named] : places).find(isProgram)
  if (found) return found
  const where = named ? `at ${named}, which QTOOL_CHROMIUM names` : `on the PATH, under ${NAMES.join(', ')}`
  throw new Error(
    `the tests of the page need Chromium, and there is none ${where}; "apt-get install chromium" installs it`,
  )
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
