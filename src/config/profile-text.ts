import {packageFile} from '../package-file.ts'
import {badFile, type ProfileBook} from './profile.ts'

/** Describes the file to editors, which then complete and check it. */
const SCHEMA = packageFile('schemas', 'profiles.json')

/** What a profile file holds: JSON, or YAML, which may have comments. @param path for messages @throws QtoolError */
export async function parseText(text: string, path: string): Promise<unknown> {
  const json = parseJson(text)
  if (json) return json.value
  // Loaded only for who has such a file
  const {parse, YAMLParseError} = await import('yaml')
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw badFile(path, 'JSON or YAML')
    // The parser's message quotes the file, and with it its passwords
    const what = error.code === 'DUPLICATE_KEY' ? 'each key once' : 'JSON or YAML'
    throw badFile(error.linePos ? `${path}, line ${error.linePos[0].line}` : path, what)
  }
}

/** A file that is new, in the format that its name asks for. */
export function newText(book: ProfileBook, path: string): string {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`
  // JSON is YAML, too
  if (/\.ya?ml$/.test(path)) return `# yaml-language-server: $schema=${SCHEMA}\n${json(book)}`
  return json({$schema: SCHEMA, ...book})
}

/** The text of a file with other profiles in it; in YAML, whatever stays the same keeps its comments and its form. */
export async function editedText(before: string, book: ProfileBook, path: string): Promise<string> {
  const json = parseJson(before)
  if (json) {
    const schema = (json.value as {$schema?: unknown} | null)?.$schema
    return `${JSON.stringify({$schema: schema, ...book}, null, 2)}\n`
  }
  return (await import('./yaml-profiles.ts')).editedYaml(before, book, path)
}

function parseJson(text: string): {value: unknown} | undefined {
  try {
    return {value: JSON.parse(text)}
  } catch {
    return undefined
  }
}
