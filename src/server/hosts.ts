import {isIP} from 'node:net'
import {usageError} from '../errors.ts'

/** Where a request arrived. */
interface Socket {
  localAddress?: string
  localPort?: number
  /** Over TLS. */
  encrypted?: boolean
}

/**
 * The names under which the server answers. A page of another site can make a browser send requests to a name that
 * leads to this machine (DNS rebinding), but not under a name that is ours.
 */
export class AllowedHosts {
  readonly #names: ReadonlySet<string>

  /** @param names `name` for every port, or `name:port`, besides localhost and the address that was connected to */
  constructor(names: readonly string[]) {
    for (const name of names) {
      if (!/^[\w.-]+(:\d+)?$/.test(name)) {
        throw usageError(`expected --allowed-host to be NAME or NAME:PORT, got ${JSON.stringify(name)}`)
      }
    }
    this.#names = new Set(names.map((name) => name.toLowerCase()))
  }

  /** @param host the Host header */
  allows(host: string | undefined, {localAddress = '', localPort, encrypted}: Socket): boolean {
    const [, name, port = encrypted ? '443' : '80'] =
      /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d+))?$/i.exec(host ?? '') ?? []
    if (name === undefined) return false
    const lower = name.toLowerCase()
    if (this.#names.has(lower) || this.#names.has(`${lower}:${port}`)) return true
    if (Number(port) !== localPort) return false
    return isSame(lower, plain(localAddress)) || (lower === 'localhost' && isLoopback(localAddress))
  }
}

/** Whether only this machine can connect to an address. */
export function isLoopback(address: string): boolean {
  const text = plain(address)
  return text === '::1' || text === 'localhost' || (isIP(text) === 4 && text.startsWith('127.'))
}

function isSame(name: string, address: string): boolean {
  return name === address || name === `[${address}]`
}

/** IPv4 addresses of a socket that listens on both are written as `::ffff:127.0.0.1`. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase()
}
