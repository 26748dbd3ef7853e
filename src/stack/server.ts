import type {Account} from './account.ts'

/** Where and how a server of the stack runs. */
export interface ServerPlace {
  /** Data folder, which is made if it does not exist. The log is FOLDER.log. */
  folder: string
  port: number
  password: string
  /** The account that runs the server; undefined for the caller's own. */
  account: Account | undefined
  /** More settings: lines of redis.conf, or `name=value` for Postgres. */
  settings?: string[]
}

export function logOf(folder: string): string {
  return `${folder}.log`
}
