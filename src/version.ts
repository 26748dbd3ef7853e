import {readFileSync} from 'node:fs'

let known: string | undefined

/** The version in package.json, whose relative path is the same from src and from dist. */
export function qtoolVersion(): string {
  if (known !== undefined) return known
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const {version}: {version?: unknown} = JSON.parse(text)
  known = String(version)
  return known
}
