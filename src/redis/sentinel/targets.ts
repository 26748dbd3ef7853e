import type {ConnectOptions} from '../connect.ts'
import {parseRedisUrl, type RedisTarget} from '../url.ts'
import {chosenLogin} from './login.ts'

/** Each sentinel of a URL as a server of its own, and the name of their primary; undefined without sentinels. */
export function sentinelsOf(
  url: string,
  {sentinelLogin}: Pick<ConnectOptions, 'sentinelLogin'>,
): {name: string; targets: RedisTarget[]} | undefined {
  const {addresses, sentinelName: name, sentinelLogin: ofUrl, ...rest} = parseRedisUrl(url)
  if (name === undefined) return undefined
  const login = chosenLogin(ofUrl, sentinelLogin)
  return {
    name,
    targets: addresses.map((address) => ({
      ...rest,
      username: undefined,
      password: undefined,
      ...login,
      addresses: [address],
      db: 0,
    })),
  }
}
