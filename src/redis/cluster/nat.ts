import {type QtoolError, usageError} from '../../errors.ts'

/** For those who reach some nodes of a cluster only. */
export const NAT_ADVICE =
  'if the nodes announce addresses of another network, map them: ?nat=ANNOUNCED:PORT=REAL:PORT'

/**
 * Reads a NAT map, `announced-host:port=real-host:port,…`: address that a node announces, as `host:port` → the one under
 * which it is reached from here.
 * @param readAddress of one host and port, which throws
 * @throws QtoolError (usage)
 */
export function readNat<Address extends {host: string; port: number}>(
  text: string | undefined,
  readAddress: (text: string) => Address,
): ReadonlyMap<string, Address> {
  const pairs = text ? text.split(',') : []
  return new Map(
    pairs.map((pair) => {
      const [announced, real] = pair.split('=')
      if (!/:\d+$/.test(announced) || real === undefined) throw badNat(pair)
      const {host, port} = readAddress(announced)
      return [`${host}:${port}`, readAddress(real)]
    }),
  )
}

function badNat(pair: string): QtoolError {
  return usageError(
    `expected a pair of addresses in nat=… of the Redis URL, got ${JSON.stringify(pair)}`,
    'write announced-host:port=real-host:port, with a comma between two of them',
  )
}

export function natWithoutCluster(): QtoolError {
  return usageError(
    'nat=… in a Redis URL does nothing without a cluster',
    'write redis+cluster:// for a cluster',
  )
}
