import type {SettingFlags, Settings} from '../config/settings.ts'
import type {DemoCaller} from '../operations/demo.ts'
import type {Report} from '../progress/stage.ts'
import {OperationCommand} from './operation.ts'

/** Base of the demos, which run on the local stack unless other servers are configured. */
export abstract class DemoCommand<T extends object> extends OperationCommand<T> {
  /** Lends what a demo needs, with the local stack started if need be, and shows its steps. */
  protected async withServers(
    flags: SettingFlags,
    use: (caller: DemoCaller, report: Report) => Promise<T>,
  ): Promise<T> {
    const stage = {doing: 'starting the local stack', continued: () => ({isAfresh: true})}
    return this.withProgress(stage, async (report) => {
      const settings = await this.#connected(flags, report)
      const caller: DemoCaller = {
        ...this.caller(settings, this.interruption('finishing current leases')),
        settings,
        withRedis: (lend) => this.withRedis(settings, lend),
      }
      return use(caller, report)
    })
  }

  /** Settings that name both servers: those of the local stack, which is started, unless others are configured. */
  async #connected(flags: SettingFlags, report: Report): Promise<Settings> {
    const settings = await this.settings(flags)
    if (settings.redisUrl && settings.databaseUrl) return settings
    const {up} = await import('../stack/stack.ts')
    await up({env: process.env, onStep: (doing) => report({doing})})
    return this.settings(flags)
  }
}
