import {readFileSync} from 'node:fs'

/** The account that a server runs as. */
export interface Account {
  uid: number
  gid: number
}

/** The unprivileged account that runs servers for root, because Postgres refuses root; undefined for other users. */
export function serverAccount(): Account | undefined {
  return process.getuid?.() === 0 ? deputy() : undefined
}

/** The account `postgres` if it exists, else `nobody`. */
function deputy(): Account {
  const accounts = readAccounts()
  const found = accounts.find(({name}) => name === 'postgres') ?? accounts.find(({name}) => name === 'nobody')
  return {uid: found?.uid ?? 65534, gid: found?.gid ?? 65534}
}

function readAccounts(): Array<Account & {name: string}> {
  try {
    return readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .filter((fields) => fields.length > 3)
      .map(([name, , uid, gid]) => ({name, uid: Number(uid), gid: Number(gid)}))
  } catch {
    return []
  }
}
