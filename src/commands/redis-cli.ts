import {ClientCommand, type ClientResult, noClient} from '../cli/client-command.ts'
import {connectionFlags} from '../cli/shared-flags.ts'
import {requireUrl} from '../config/require-url.ts'
import type {Settings} from '../config/settings.ts'
import type {RedisAddress} from '../redis/url.ts'

export default class RedisCli extends ClientCommand {
  static override summary = 'Open redis-cli on the Redis that qtool would use.'
  static override description =
    `What follows "--" goes to redis-cli. The password is passed in its environment, where other users cannot see it. Of
sentinels, it opens the primary that they name; of a cluster, it follows the slots.`
  static override examples = [
    '<%= config.bin %> redis-cli',
    '<%= config.bin %> redis-cli -- zcard queue:orders',
  ]
  static override strict = false
  static override flags = {
    profile: connectionFlags.profile,
    'redis-url': connectionFlags['redis-url'],
  }

  async run(): Promise<ClientResult> {
    const {flags, words} = await this.split('redis-cli', RedisCli)
    const settings = await this.settings(flags)
    const url = requireUrl(settings, 'redisUrl')
    const {redisClientCall} = await import('../redis/client-call.ts')
    const {parseRedisUrl} = await import('../redis/url.ts')
    const {stackPaths} = await import('../stack/paths.ts')
    const {findRedisClient} = await import('../stack/redis/redis-client.ts')
    const client = findRedisClient(stackPaths(process.env), process.env)
    if (!client) {
      throw noClient(
        'redis-cli',
        'install it: apt-get install redis-tools, brew install redis; qtool up fetches one as well',
        'or use a client that takes a URL: eval "$(qtool env)" sets REDIS_URL',
      )
    }
    const primary = parseRedisUrl(url).sentinelName === undefined ? undefined : await this.#primary(settings)
    const {args, env} = redisClientCall(url, this.redisOptions.tls ?? {}, primary)
    return this.handOver(client.command, [...args, ...words], {...client.env, ...env})
  }

  /** Where sentinels lead to now. */
  #primary(settings: Settings): Promise<RedisAddress> {
    return this.withRedis(settings, async (redis) => {
      const {remoteAddress, remotePort} = redis.stream as {remoteAddress?: string; remotePort?: number}
      if (remoteAddress === undefined || remotePort === undefined)
        throw new Error('expected an open connection')
      return {host: remoteAddress, port: remotePort}
    })
  }
}
