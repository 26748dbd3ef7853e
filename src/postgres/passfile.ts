import {readFile, stat} from 'node:fs/promises'
import {homedir} from 'node:os'
import {join} from 'node:path'

/** The login that the lines of the file are matched against. */
export interface Login {
  host: string
  port: number
  database: string
  user: string
}

/**
 * The password that a file of `host:port:database:user:password` lines has for a login; * matches anything, and \
 * escapes : and \. Like libpq, it ignores a file that others may read.
 * See https://www.postgresql.org/docs/current/libpq-pgpass.html
 * @param path by default ~/.pgpass
 */
export async function passwordOf(
  login: Login,
  path: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const file = path ?? join(env.HOME || homedir(), '.pgpass')
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile() || (found.mode & 0o077) !== 0) return undefined
  const wanted = [login.host, String(login.port), login.database, login.user]
  for (const line of (await readFile(file, 'utf8')).split(/\r?\n/)) {
    if (line.startsWith('#')) continue
    const fields = fieldsOf(line)
    const isMatch = wanted.every((value, i) => fields[i] === '*' || fields[i] === value)
    if (isMatch && fields[4]) return fields[4]
  }
  return undefined
}

function fieldsOf(line: string): string[] {
  const fields = line.match(/(?:\\.|[^:\\])*(?::|$)/g) ?? []
  return fields.map((field) => field.replace(/:$/, '').replace(/\\(.)/g, '$1'))
}
