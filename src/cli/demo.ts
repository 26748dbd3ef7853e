import type {SettingFlags, Settings} from '../config/settings.ts'
import type {DemoCaller} from '../operations/demo.ts'
import {OperationCommand} from './operation.ts'

/** Base of the demos, which run on the local stack unless other servers are configured. */
export abstract class DemoCommand<T extends object> extends OperationCommand<T> {
  /** Lends what a demo needs, with the local stack started if need be, and shows its steps. */
  protected async withServers(
    flags: SettingFlags,
    use: (caller: DemoCaller, onStep: (text: string) => void) => Promise<T>,
  ): Promise<T> {
    const progress = await this.progress('starting the local stack')
    try {
      const settings = await this.#connected(flags, progress.update)
      const caller: DemoCaller = {
        ...this.caller(settings, this.interruption('finishing current leases')),
        settings,
        withRedis: (lend) => this.withRedis(settings, lend),
      }
      return await use(caller, progress.update)
    } finally {
      progress.stop()
    }
  }

  /** Settings that name both servers: those of the local stack, which is started, unless others are configured. */
  async #connected(flags: SettingFlags, onStep: (text: string) => void): Promise<Settings> {
    const settings = await this.settings(flags)
    if (settings.redisUrl && settings.databaseUrl) return settings
    const {up} = await import('../stack/stack.ts')
    await up({env: process.env, onStep})
    return this.settings(flags)
  }
}
