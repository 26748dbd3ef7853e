import {readFileSync} from 'node:fs'
import {packageFile} from './package-file.ts'

let known: string | undefined

/** The version in package.json. */
export function qtoolVersion(): string {
  if (known !== undefined) return known
  const text = readFileSync(packageFile('package.json'), 'utf8')
  const {version}: {version?: unknown} = JSON.parse(text)
  known = String(version)
  return known
}
